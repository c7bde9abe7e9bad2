//go:build hdf5 && cgo

// What HDF5 has as macros, and what is shorter in C.

#include "hdf5_lib.h"

#include <stdlib.h>
#include <string.h>

// A type of elements by its letter (i, u, f, b, c, s, v) and size.
hid_t cairn_number(char letter, int size) {
	switch (letter) {
	case 'i': return size == 1 ? H5T_STD_I8LE : size == 2 ? H5T_STD_I16LE : size == 4 ? H5T_STD_I32LE : H5T_STD_I64LE;
	case 'u': return size == 1 ? H5T_STD_U8LE : size == 2 ? H5T_STD_U16LE : size == 4 ? H5T_STD_U32LE : H5T_STD_U64LE;
	}
	return size == 4 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
}

// The names of the parts of a complex number are those that its file has.
hid_t cairn_type(char letter, int size, const char *re, const char *im) {
	hid_t t;
	signed char no = 0, yes = 1;
	switch (letter) {
	case 'b':
		t = H5Tenum_create(H5T_STD_I8LE);
		H5Tenum_insert(t, "FALSE", &no);
		H5Tenum_insert(t, "TRUE", &yes);
		return t;
	case 'c':
		t = H5Tcreate(H5T_COMPOUND, size);
		H5Tinsert(t, re, 0, cairn_number('f', size/2));
		H5Tinsert(t, im, size/2, cairn_number('f', size/2));
		return t;
	case 's':
		t = H5Tcopy(H5T_C_S1);
		H5Tset_size(t, H5T_VARIABLE);
		H5Tset_cset(t, H5T_CSET_UTF8);
		return t;
	case 'v':
		return H5Tvlen_create(H5T_STD_U8LE);
	}
	return H5Tcopy(cairn_number(letter, size));
}

hid_t cairn_links(void) {
	hid_t p = H5Pcreate(H5P_LINK_CREATE);
	H5Pset_create_intermediate_group(p, 1);
	H5Pset_char_encoding(p, H5T_CSET_UTF8);
	return p;
}

hid_t cairn_space(int rank, const hsize_t *dims) {
	return rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, dims, NULL);
}

// Writes strings as pointers or as lengths and pointers. The bytes follow each other, each
// string is ended by a zero that its length does not count.
herr_t cairn_write_text(hid_t set, hid_t type, char letter, size_t n, char *bytes, const unsigned long long *lengths) {
	herr_t r = -1;
	if (letter == 's') {
		char **p = malloc((n+1) * sizeof *p);
		if (!p) return -1;
		for (size_t i = 0; i < n; i++) {
			p[i] = bytes;
			bytes += lengths[i] + 1;
		}
		r = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, p);
		free(p);
	} else {
		hvl_t *p = malloc((n+1) * sizeof *p);
		if (!p) return -1;
		for (size_t i = 0; i < n; i++) {
			p[i].len = lengths[i];
			p[i].p = bytes;
			bytes += lengths[i] + 1;
		}
		r = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, p);
		free(p);
	}
	return r;
}

herr_t cairn_attribute(hid_t obj, const char *name, char letter, int size, void *value) {
	hid_t t = cairn_type(letter, size, "r", "i"), s = H5Screate(H5S_SCALAR);
	hid_t a = H5Acreate2(obj, name, t, s, H5P_DEFAULT, H5P_DEFAULT);
	herr_t r = a < 0 ? -1 : H5Awrite(a, t, letter == 's' ? (void *)&value : value);
	if (a >= 0 && H5Aclose(a) < 0) r = -1;
	H5Sclose(s);
	H5Tclose(t);
	return r;
}

// Reads an attribute that is one string of variable length; NULL if it is another one.
char *cairn_get_text(hid_t obj, const char *name) {
	char *out = NULL;
	hid_t a = H5Aopen(obj, name, H5P_DEFAULT);
	if (a < 0) return NULL;
	hid_t t = H5Aget_type(a), s = H5Aget_space(a), want = cairn_type('s', 0, "", "");
	if (H5Tget_class(t) == H5T_STRING && H5Tis_variable_str(t) > 0 && H5Sget_simple_extent_npoints(s) == 1)
		if (H5Aread(a, want, &out) < 0) out = NULL;
	H5Tclose(want);
	H5Sclose(s);
	H5Tclose(t);
	H5Aclose(a);
	return out;
}

int cairn_get_int(hid_t obj, const char *name, long long *out) {
	hid_t a = H5Aopen(obj, name, H5P_DEFAULT);
	if (a < 0) return 0;
	hid_t t = H5Aget_type(a), s = H5Aget_space(a);
	int ok = H5Tget_class(t) == H5T_INTEGER && H5Sget_simple_extent_npoints(s) == 1 && H5Aread(a, H5T_NATIVE_LLONG, out) >= 0;
	H5Sclose(s);
	H5Tclose(t);
	H5Aclose(a);
	return ok;
}

// Describes the elements of a dataset: a letter, 0 if they are not known; and their size.
char cairn_elements(hid_t t, int *size, char **re, char **im) {
	char letter = 0;
	*size = H5Tget_size(t);
	switch (H5Tget_class(t)) {
	case H5T_INTEGER:
		letter = H5Tget_sign(t) == H5T_SGN_NONE ? 'u' : 'i';
		if ((*size != 1 && *size != 2 && *size != 4 && *size != 8) || H5Tget_precision(t) != 8 * (size_t)*size) letter = 0;
		break;
	case H5T_FLOAT:
		if (H5Tequal(t, H5T_IEEE_F32LE) > 0 || H5Tequal(t, H5T_IEEE_F32BE) > 0 || H5Tequal(t, H5T_IEEE_F64LE) > 0 || H5Tequal(t, H5T_IEEE_F64BE) > 0)
			letter = 'f';
		break;
	case H5T_ENUM: {
		hid_t b = cairn_type('b', 1, "", "");
		if (H5Tequal(t, b) > 0) letter = 'b';
		H5Tclose(b);
		break;
	}
	case H5T_COMPOUND: {
		if (H5Tget_nmembers(t) != 2) break;
		hid_t x = H5Tget_member_type(t, 0), y = H5Tget_member_type(t, 1);
		int n = 0;
		if (H5Tequal(x, y) > 0 && cairn_elements(x, &n, re, im) == 'f') {
			letter = 'c';
			*size = 2 * n;
			*re = H5Tget_member_name(t, 0);
			*im = H5Tget_member_name(t, 1);
		}
		H5Tclose(x);
		H5Tclose(y);
		break;
	}
	case H5T_STRING:
		letter = H5Tis_variable_str(t) > 0 ? 's' : 'S';
		break;
	case H5T_VLEN: {
		hid_t b = H5Tget_super(t);
		if (H5Tequal(b, H5T_STD_U8LE) > 0) letter = 'v';
		H5Tclose(b);
		break;
	}
	default:
		break;
	}
	return letter;
}

int cairn_elsewhere(hid_t set) {
	hid_t p = H5Dget_create_plist(set);
	int bad = H5Pget_external_count(p) != 0 || H5Pget_layout(p) == H5D_VIRTUAL;
	H5Pclose(p);
	return bad;
}

int cairn_string_pad(hid_t t) { return H5Tget_strpad(t); }

static herr_t cairn_first(unsigned i, const H5E_error2_t *e, void *out) {
	if (i == 0 && e->desc) strncpy(out, e->desc, 255);
	return 0;
}

void cairn_message(char *out, size_t n) {
	memset(out, 0, n);
	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, cairn_first, out);
	H5Eclear2(H5E_DEFAULT);
}

void cairn_setup(void) {
	H5open();
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	H5PLset_loading_state(0); // no filters from other files
}

int cairn_is_dataset(hid_t o) { return H5Iget_type(o) == H5I_DATASET; }
int cairn_is_group(hid_t o) { return H5Iget_type(o) == H5I_GROUP; }
hid_t cairn_create(const char *name) { return H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT); }
hid_t cairn_open(const char *name) { return H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT); }
herr_t cairn_read(hid_t set, hid_t type, void *out) { return H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out); }
herr_t cairn_write(hid_t set, hid_t type, const void *in) { return H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, in); }
hid_t cairn_dataset(hid_t at, const char *name, hid_t type, hid_t space, hid_t links) {
	return H5Dcreate2(at, name, type, space, links, H5P_DEFAULT, H5P_DEFAULT);
}
hid_t cairn_group(hid_t at, const char *name, hid_t links) { return H5Gcreate2(at, name, links, H5P_DEFAULT, H5P_DEFAULT); }
hid_t cairn_object(hid_t at, const char *name) { return H5Oopen(at, name, H5P_DEFAULT); }
int cairn_hard(hid_t at, const char *name) {
	H5L_info_t info;
	return H5Lget_info(at, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}
ssize_t cairn_link(hid_t at, hsize_t i, char *out, size_t n) {
	return H5Lget_name_by_idx(at, ".", H5_INDEX_NAME, H5_ITER_INC, i, out, n, H5P_DEFAULT);
}
long long cairn_links_of(hid_t at) {
	H5G_info_t info;
	return H5Gget_info(at, &info) < 0 ? -1 : (long long)info.nlinks;
}
void cairn_reclaim(hid_t type, hid_t space, void *buf) { H5Dvlen_reclaim(type, space, H5P_DEFAULT, buf); }
size_t cairn_length(char letter, void *buf, size_t i, char **p) {
	if (letter == 's') {
		*p = ((char **)buf)[i];
		return *p ? strlen(*p) : 0;
	}
	hvl_t *v = &((hvl_t *)buf)[i];
	*p = v->p;
	return v->len;
}
size_t cairn_width(char letter) { return letter == 's' ? sizeof(char *) : sizeof(hvl_t); }

void cairn_forget(void) { H5Eclear2(H5E_DEFAULT); }
