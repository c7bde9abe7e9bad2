// Package mutate makes wrong programs of right ones: the compiler must say what is wrong
// with them, or compile them, and never crash or hang.
//
// In: Go source that the type checker accepts, and a random generator. Out: the source
// with some edits, by tokens and by pieces of syntax: deleted, repeated, exchanged with
// each other, or replaced by another piece of the same kind or of the same type.
package mutate

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"math/rand/v2"
	"strings"
)

// A Source is a program to make mutants of.
type Source struct {
	Name string
	Text []byte

	tokens []span
	pieces map[string][]span // by what may stand in for each other
	kinds  []string          // the keys of pieces, in the order of the source
	typed  []string          // those of them for values of one type
}

// span is a piece of the text.
type span struct{ from, to int }

// New takes a source apart. Without imp types are only known as far as the source tells
// them itself. It is an error if the source does not parse.
func New(name string, text []byte, imp types.Importer) (*Source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if imp == nil {
		imp = importer.Default()
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: imp, Error: func(error) {}}
	_, _ = conf.Check("m", fset, []*ast.File{file}, info)
	s := &Source{Name: name, Text: text, pieces: map[string][]span{}}
	s.scan()
	base := fset.File(file.FileStart).Base()
	at := func(n ast.Node) span { return span{int(n.Pos()) - base, int(n.End()) - base} }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.File, *ast.BlockStmt:
		case ast.Stmt:
			s.add("statement", at(n))
		case ast.Decl:
			s.add("declaration", at(n))
		case *ast.Field:
			s.add("field", at(n))
		case ast.Expr:
			t, ok := info.Types[n]
			switch {
			case ok && t.IsType():
				s.add("type", at(n))
			case ok && t.Type != nil:
				s.add("value", at(n))
				s.add("value of "+t.Type.String(), at(n))
			}
			if _, ok := n.(*ast.Ident); ok {
				s.add("name", at(n))
			}
		}
		return true
	})
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//cairn:") {
				s.add("directive", at(c))
			}
		}
	}
	return s, nil
}

func (s *Source) add(kind string, p span) {
	if p.from < 0 || p.to > len(s.Text) || p.from >= p.to {
		return
	}
	if s.pieces[kind] == nil {
		s.kinds = append(s.kinds, kind)
		if strings.HasPrefix(kind, "value of ") {
			s.typed = append(s.typed, kind)
		}
	}
	s.pieces[kind] = append(s.pieces[kind], p)
}

func (s *Source) scan() {
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(s.Text))
	sc.Init(file, s.Text, nil, 0)
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		if lit == "" {
			lit = tok.String()
		}
		from := file.Offset(pos)
		s.tokens = append(s.tokens, span{from, min(from+len(lit), len(s.Text))})
	}
}

// Mutant returns the source with one to three edits.
func (s *Source) Mutant(r *rand.Rand) []byte {
	text := s.Text
	limit := len(text) // edits go from the end to the start, so that offsets stay right
	for range 1 + r.IntN(3) {
		at, with, ok := s.edit(r, limit)
		if !ok {
			break
		}
		text = bytes.Join([][]byte{text[:at.from], with, text[at.to:]}, nil)
		limit = at.from
	}
	return text
}

// edit chooses a piece that ends before limit, and what to put in its place.
func (s *Source) edit(r *rand.Rand, limit int) (at span, with []byte, ok bool) {
	for range 20 {
		if r.IntN(8) == 0 {
			at, with = s.tokenEdit(r)
		} else {
			at, with = s.pieceEdit(r)
		}
		if at.to <= limit && at.to > at.from && s.text(at) != string(with) {
			return at, with, true
		}
	}
	return span{}, nil, false
}

// words are what a token may become, beside the source's own tokens.
var words = strings.Fields(`+ - * / % & | ^ << >> &^ && || ! == != < <= > >= = := += -= *= /= ++ -- ( ) [ ] { } , ; : . ...
	break case const continue default defer else fallthrough for func go goto if import interface map range return select
	struct switch type var chan float64 float32 complex128 complex64 int uint8 bool string error any nil true false 0 1 -1
	1e308 0.5 1i len cap make new append copy clear min max panic recover real imag complex delete print`)

func (s *Source) tokenEdit(r *rand.Rand) (span, []byte) {
	if len(s.tokens) == 0 {
		return span{}, nil
	}
	i := r.IntN(len(s.tokens))
	at := s.tokens[i]
	other := s.tokens[r.IntN(len(s.tokens))]
	switch r.IntN(5) {
	case 0:
		return at, nil
	case 1: // twice
		return at, []byte(s.text(at) + " " + s.text(at))
	case 2:
		return at, []byte(s.text(other))
	case 3: // exchanged with the next
		if i+1 < len(s.tokens) {
			next := s.tokens[i+1]
			return span{at.from, next.to}, []byte(s.text(next) + " " + s.text(at))
		}
	}
	return at, []byte(words[r.IntN(len(words))])
}

func (s *Source) text(p span) string { return string(s.Text[p.from:p.to]) }

// values are what a value may become, beside the source's own values.
var values = []string{"nil", "0", "1", "-1", "0.5", "1i", "true", `"s"`, "func() {}", "[]float64{}", "new(float64)", "struct{}{}", "any(0)", "math.NaN()"}

// typeTexts are what a type may become.
var typeTexts = []string{
	"float64", "float32", "complex128", "complex64", "int", "uint8", "string", "bool", "any", "error", "[]float64", "[][]float64", "*float64", "[2]float64", "[0]float64",
	"map[string]float64", "chan float64", "func(float64) float64", "struct{ A, B float64 }", "interface{ F() float64 }",
}

func (s *Source) pieceEdit(r *rand.Rand) (span, []byte) {
	kinds := s.kinds
	if len(s.typed) > 0 && r.IntN(2) == 0 { // which the type checker mostly accepts
		kinds = s.typed
	}
	kind := kinds[r.IntN(len(kinds))]
	list := s.pieces[kind]
	at, other := list[r.IntN(len(list))], list[r.IntN(len(list))]
	text := s.text(at)
	switch n := r.IntN(10); {
	case n == 0:
		return at, nil
	case n == 1 && kind == "statement":
		return at, []byte(text + "\n" + text)
	case n == 2 && kind == "statement":
		return at, []byte(wrap(r, text))
	case n <= 3 && kind == "type":
		return at, []byte(typeTexts[r.IntN(len(typeTexts))])
	case n <= 3 && strings.HasPrefix(kind, "value"):
		return at, []byte(change(r, text))
	case n <= 2 && kind == "directive":
		return at, []byte(directive(r, text))
	}
	return at, []byte(s.text(other))
}

// wrap puts a statement into another one.
func wrap(r *rand.Rand, text string) string {
	return []string{
		"if true {\n" + text + "\n}",
		"for range 2 {\n" + text + "\n}",
		"for {\n" + text + "\nbreak\n}",
		"{\n" + text + "\n}",
		"switch {\ncase true:\n" + text + "\n}",
		"func() {\n" + text + "\n}()",
		"defer func() {\n" + text + "\n}()",
		"//cairn:checkpoint scheme=store\nfor i := 0; i < 2; i++ {\n" + text + "\n}",
		"//cairn:checkpoint scheme=binomial snaps=1\nfor i := range 3 {\n" + text + "\n}",
		"//cairn:joint\n" + text,
		"L:\nfor range 1 {\n" + text + "\ncontinue L\n}",
	}[r.IntN(11)]
}

// change puts a value into another one, or another one in its place.
func change(r *rand.Rand, text string) string {
	switch r.IntN(8) {
	case 0:
		return "-" + text
	case 1:
		return "(" + text + ") * 2"
	case 2:
		return "&" + text
	case 3:
		return "*" + text
	case 4:
		return text + "[0]"
	case 5:
		return "float64(" + text + ")"
	case 6:
		return "func() float64 { return " + text + " }()"
	}
	return values[r.IntN(len(values))]
}

// directive writes another directive in the place of one.
func directive(r *rand.Rand, text string) string {
	return []string{
		"//cairn:passive", "//cairn:joint", "//cairn:split", "//cairn:adjoint", "//cairn:tangent", "//cairn:pattern", "//cairn:scrutinize",
		"//cairn:checkpoint scheme=store", "//cairn:checkpoint scheme=binomial snaps=2", text + " mode=both", text + " wrt=x", text + "\n//cairn:pattern",
		text + "\n//cairn:scrutinize",
	}[r.IntN(13)]
}
