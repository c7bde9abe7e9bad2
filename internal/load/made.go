package load

import (
	"bytes"
	"go/parser"
	"go/token"
	"sync"

	"github.com/cairn-ad/cairn/internal/directive"
)

// madeText is what directives add to files: Go text, by the name of the file. It is part
// of the package as if it stood at the end of the file.
type madeText struct {
	mu   sync.Mutex
	text map[string]string
}

// solvers returns the text for a file.
func (m *madeText) solvers(name string, src []byte) ([]byte, error) {
	if !bytes.Contains(src, []byte("//cairn:solver")) {
		return nil, nil
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	text := directive.Solvers(fset, f)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.text[name] = text
	return []byte(text), nil
}

// Made returns the Go text that directives in the file of that name stand for.
func (p *Package) Made(name string) string {
	if p.made == nil { // it was not read from files
		return ""
	}
	p.made.mu.Lock()
	defer p.made.mu.Unlock()
	return p.made.text[name]
}
