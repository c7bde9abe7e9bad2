package scrutinize

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"

	"github.com/cairn-ad/cairn/internal/cli/scrutinize/runner"
	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/scrutiny"
)

// cairn is the module that generated code imports.
const cairn = "github.com/cairn-ad/cairn"

// The sources of package runner, which become a package of the user's module.
var (
	//go:embed runner/runner.go
	runnerSource []byte
	//go:embed runner/args.go
	argsSource []byte
)

var mainSource = template.Must(template.New("main").Parse(`package main

import (
	"os"

	target {{printf "%q" .Path}}
	{{printf "%q" .Runner}}
)

func main() {
	os.Exit(runner.Main(runner.Target{
		Func:   {{printf "%q" .Func}},
		Loop:   {{printf "%q" .Loop}},
		Params: {{printf "%#v" .Params}},
		Entry:  target.{{.Func}}Scrutinize,
	}, os.Args[1:]))
}
`))

// program is the main program that follows a target.
type program struct {
	request Request
	target  *target
	loop    string            // "file:line"
	files   []compile.File    // of the generator
	overlay map[string][]byte // changed sources
}

// checkModule returns an error unless the module of p requires Cairn.
func checkModule(ctx context.Context, p *load.Package) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", cairn)
	cmd.Dir = p.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: its module does not require %s, which generated code imports (%s): run go get %s in the module, or add a require and a replace line to its go.mod",
			p.Path, cairn, strings.TrimSpace(string(out)), cairn)
	}
	return nil
}

// follow builds the program, runs it and reads its outcome.
func (p *program) follow(ctx context.Context, args []string) (*scrutiny.Report, error) {
	tmp, err := os.MkdirTemp("", "cairn-scrutinize-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	bin := filepath.Join(tmp, "follow.exe")
	if err := p.build(ctx, tmp, bin); err != nil {
		return nil, err
	}
	outcome := filepath.Join(tmp, "outcome.json")
	cmd := exec.CommandContext(ctx, bin, append([]string{outcome, strconv.Itoa(p.request.At)}, args...)...)
	cmd.Dir = p.request.Dir
	cmd.Stdin = os.Stdin
	cmd.Stdout, cmd.Stderr = p.request.Output, p.request.Output
	p.request.Logger.Info("following", "func", p.target.name(), "args", args, "at", p.request.At)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: it ended before the scrutiny was complete (%w): what it printed stands above; check the arguments", p.target.name(), err)
	}
	return readOutcome(outcome, p.target.name())
}

func readOutcome(name, fn string) (*scrutiny.Report, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: it left no outcome: it ended the program itself, with os.Exit perhaps; let it return instead", fn)
	}
	var out runner.Outcome
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, err
	}
	if out.Report == nil {
		return nil, errors.New(out.Problem)
	}
	return out.Report, nil
}

// build writes the files of the program into tmp, lays them over the user's package and
// builds them there.
func (p *program) build(ctx context.Context, tmp, bin string) error {
	room, err := freeName(p.target.pkg.Dir)
	if err != nil {
		return err
	}
	files, err := p.sources(room)
	if err != nil {
		return err
	}
	overlay := filepath.Join(tmp, "overlay.json")
	if err := writeOverlay(overlay, tmp, files, p.stale(files)); err != nil {
		return err
	}
	args := []string{"build", "-overlay", overlay, "-o", bin}
	if p.request.Tags != "" {
		args = append(args, "-tags", p.request.Tags)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, p.target.pkg.Path+"/"+room)...)
	cmd.Dir = p.target.pkg.Dir
	p.request.Logger.Info("building", "command", strings.Join(cmd.Args, " "))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: the program that follows it does not build: check that the module requires the version of %s that this command is of, and run go generate ./... for the other packages:\n%s",
			p.target.name(), cairn, bytes.TrimSpace(out))
	}
	return nil
}

// sources are the files of the program by the names that they shall have: the main
// program and the runner in a folder that does not exist, below the package, whose
// internal neighbours they may then import.
func (p *program) sources(room string) (map[string][]byte, error) {
	pkg := p.target.pkg
	values := struct {
		Path, Runner, Func, Loop string
		Params                   []string
	}{pkg.Path, pkg.Path + "/" + room + "/runner", p.target.name(), p.loop, []string{}}
	for _, v := range p.target.params {
		values.Params = append(values.Params, v.Name())
	}
	var text bytes.Buffer
	if err := mainSource.Execute(&text, values); err != nil {
		return nil, err
	}
	dir := filepath.Join(pkg.Dir, room)
	files := map[string][]byte{
		filepath.Join(dir, "main.go"):             text.Bytes(),
		filepath.Join(dir, "runner", "runner.go"): runnerSource,
		filepath.Join(dir, "runner", "args.go"):   argsSource,
	}
	for name, text := range p.overlay {
		files[name] = text
	}
	for _, f := range p.files {
		files[f.Name] = f.Text
	}
	return files, nil
}

// stale are files of an earlier run of the generator that the new ones replace.
func (p *program) stale(files map[string][]byte) []string {
	there, err := filepath.Glob(filepath.Join(p.target.pkg.Dir, "*_cairn.go"))
	if err != nil {
		return nil
	}
	var out []string
	for _, name := range there {
		text, err := os.ReadFile(name)
		if err == nil && files[name] == nil && bytes.HasPrefix(text, []byte("// Code generated by cairngen")) {
			out = append(out, name)
		}
	}
	return out
}

// freeName returns the name of a folder that dir does not have.
func freeName(dir string) (string, error) {
	for n := range 1000 {
		name := "cairnscrutiny" + strconv.Itoa(n)
		if _, err := os.Lstat(filepath.Join(dir, name)); errors.Is(err, os.ErrNotExist) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: no free name for a folder in it: remove its cairnscrutiny folders", dir)
}

// writeOverlay writes the files into tmp and, for go build -overlay, where each belongs;
// those gone are hidden.
func writeOverlay(name, tmp string, files map[string][]byte, gone []string) error {
	replace := map[string]string{}
	for place, text := range files {
		at := filepath.Join(tmp, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(at, text, 0o666); err != nil {
			return err
		}
		replace[place] = at
	}
	for _, place := range gone {
		replace[place] = ""
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o666)
}
