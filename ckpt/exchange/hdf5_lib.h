#ifndef CAIRN_HDF5_LIB_H
#define CAIRN_HDF5_LIB_H

#include <hdf5.h>

hid_t cairn_number(char letter, int size);
hid_t cairn_type(char letter, int size, const char *re, const char *im);
hid_t cairn_links(void);
hid_t cairn_space(int rank, const hsize_t *dims);
herr_t cairn_write_text(hid_t set, hid_t type, char letter, size_t n, char *bytes, const unsigned long long *lengths);
herr_t cairn_attribute(hid_t obj, const char *name, char letter, int size, void *value);
char *cairn_get_text(hid_t obj, const char *name);
int cairn_get_int(hid_t obj, const char *name, long long *out);
char cairn_elements(hid_t t, int *size, char **re, char **im);
int cairn_elsewhere(hid_t set);
int cairn_string_pad(hid_t t);
void cairn_message(char *out, size_t n);
void cairn_setup(void);
int cairn_is_dataset(hid_t o);
int cairn_is_group(hid_t o);
hid_t cairn_create(const char *name);
hid_t cairn_open(const char *name);
herr_t cairn_read(hid_t set, hid_t type, void *out);
herr_t cairn_write(hid_t set, hid_t type, const void *in);
hid_t cairn_dataset(hid_t at, const char *name, hid_t type, hid_t space, hid_t links);
hid_t cairn_group(hid_t at, const char *name, hid_t links);
hid_t cairn_object(hid_t at, const char *name);
int cairn_hard(hid_t at, const char *name);
ssize_t cairn_link(hid_t at, hsize_t i, char *out, size_t n);
long long cairn_links_of(hid_t at);
void cairn_reclaim(hid_t type, hid_t space, void *buf);
size_t cairn_length(char letter, void *buf, size_t i, char **p);
size_t cairn_width(char letter);
void cairn_forget(void);

#endif
