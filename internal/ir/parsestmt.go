package ir

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// block reads the statements between two braces.
func (b *builder) block(list []ast.Stmt, lbrace, rbrace token.Pos) *Block {
	out := &Block{At: At{lbrace}}
	b.stmts(out, list, rbrace)
	return out
}

func (b *builder) stmts(out *Block, list []ast.Stmt, end token.Pos) {
	for _, s := range list {
		directives := b.commentary(out, s.Pos())
		if _, ok := s.(*ast.EmptyStmt); ok {
			continue
		}
		out.Stmts = append(out.Stmts, b.stmt(s, "", directives))
	}
	for _, d := range b.commentary(out, end) {
		b.fail(d, "%s stands above no statement", d.Text)
	}
}

// commentary consumes the comments before pos: plain ones become Comment
// statements of out, directives are returned.
func (b *builder) commentary(out *Block, pos token.Pos) (directives []*ast.Comment) {
	for len(b.comments) > 0 && b.comments[0].Pos() < pos {
		c := b.comments[0]
		b.comments = b.comments[1:]
		text, isLine := strings.CutPrefix(c.Text, "//")
		switch {
		case strings.HasPrefix(text, "cairn:"):
			directives = append(directives, c)
		case isLine && out != nil && strings.TrimSpace(text) != "":
			out.Stmts = append(out.Stmts, &Comment{At{c.Pos()}, strings.TrimPrefix(text, " ")})
		}
	}
	return directives
}

// callMode reads the comments before pos, which may hold one call mode.
func (b *builder) callMode(pos token.Pos) CallMode {
	return b.modeOf(b.commentary(nil, pos))
}

func (b *builder) modeOf(directives []*ast.Comment) CallMode {
	mode := DefaultMode
	for _, d := range directives {
		switch {
		case mode == DefaultMode && d.Text == "//cairn:joint":
			mode = Joint
		case mode == DefaultMode && d.Text == "//cairn:split":
			mode = Split
		default:
			b.fail(d, "%s has no meaning here", d.Text)
		}
	}
	return mode
}

func (b *builder) stmt(s ast.Stmt, label string, directives []*ast.Comment) Stmt {
	at := At{s.Pos()}
	switch s := s.(type) {
	case *ast.ForStmt:
		return b.forStmt(s, label, directives)
	case *ast.LabeledStmt:
		return b.stmt(s.Stmt, s.Label.Name, directives)
	case *ast.SwitchStmt:
		b.none(directives)
		return b.breakable(s, label)
	}
	if label != "" {
		b.fail(s, "label %s stands at neither a loop nor a switch", label)
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		return b.assignment(s, directives)
	case *ast.ExprStmt:
		return b.exprStmt(s, directives)
	case *ast.BlockStmt:
		if len(directives) == 1 && directives[0].Text == "//cairn:checkpoint" {
			out := b.block(s.List, s.Lbrace, s.Rbrace)
			out.Checkpoint = &Checkpoint{Pos: directives[0].Pos(), Scheme: BlockScheme}
			return out
		}
	}
	b.none(directives)
	switch s := s.(type) {
	case *ast.BlockStmt:
		return b.block(s.List, s.Lbrace, s.Rbrace)
	case *ast.DeclStmt:
		return b.declStmt(s)
	case *ast.IncDecStmt:
		l := b.expr(s.X, nil, false)
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		return &Assign{At: at, L: []Expr{l}, R: []Expr{&Binary{Op: op, X: b.expr(s.X, nil, false), Y: one(l.Type()), Typ: l.Type()}}}
	case *ast.IfStmt:
		return b.ifStmt(s)
	case *ast.BranchStmt:
		return b.branch(s)
	case *ast.ReturnStmt:
		if len(s.Results) > 0 {
			b.fail(s, "return with values: the results are assigned before")
		}
		return &Return{at}
	}
	b.fail(s, "this statement has no place in the IR")
	return nil
}

func (b *builder) none(directives []*ast.Comment) {
	for _, d := range directives {
		b.fail(d, "%s has no meaning above this statement", d.Text)
	}
}

func (b *builder) declStmt(s *ast.DeclStmt) Stmt {
	d, ok := s.Decl.(*ast.GenDecl)
	if ok && d.Tok == token.VAR && len(d.Specs) == 1 {
		spec := d.Specs[0].(*ast.ValueSpec)
		if len(spec.Names) == 1 && len(spec.Values) == 0 && spec.Names[0].Name != "_" {
			return &Decl{At{s.Pos()}, b.local(spec.Names[0])}
		}
	}
	b.fail(s, "a declaration is one var with a type and no value")
	return nil
}

// breakable reads switch { default: … }, the printed form of a Block that is
// left by a break.
func (b *builder) breakable(s *ast.SwitchStmt, label string) Stmt {
	if s.Init == nil && s.Tag == nil && len(s.Body.List) == 1 {
		if c := s.Body.List[0].(*ast.CaseClause); c.List == nil {
			out := &Block{At: At{s.Pos()}}
			b.enclose = append(b.enclose, target{out, label})
			b.stmts(out, c.Body, s.Body.Rbrace)
			b.enclose = b.enclose[:len(b.enclose)-1]
			return out
		}
	}
	b.fail(s, "a switch has no tag and only a default clause: other choices are if statements")
	return nil
}

func (b *builder) ifStmt(s *ast.IfStmt) Stmt {
	if s.Init != nil {
		b.fail(s.Init, "an if has no initial statement")
	}
	out := &If{At: At{s.Pos()}, Cond: b.expr(s.Cond, nil, false)}
	out.Then = b.block(s.Body.List, s.Body.Lbrace, s.Body.Rbrace)
	switch e := s.Else.(type) {
	case *ast.BlockStmt:
		out.Else = b.block(e.List, e.Lbrace, e.Rbrace)
	case *ast.IfStmt:
		out.Else = &Block{At: At{e.Pos()}, Stmts: []Stmt{b.ifStmt(e)}}
	}
	return out
}

func (b *builder) forStmt(s *ast.ForStmt, label string, directives []*ast.Comment) Stmt {
	out := &For{At: At{s.Pos()}}
	for _, d := range directives {
		if out.Checkpoint != nil {
			b.fail(d, "two directives above one loop")
		}
		out.Checkpoint = b.checkpoint(d)
	}
	clause := func(s ast.Stmt) *Assign {
		if s == nil {
			return nil
		}
		a, ok := b.stmt(s, "", nil).(*Assign)
		if !ok {
			b.fail(s, "only assignments stand in the head of a loop")
		}
		return a
	}
	out.Init = clause(s.Init)
	if s.Cond != nil {
		out.Cond = b.expr(s.Cond, nil, false)
	}
	out.Post = clause(s.Post)
	b.enclose = append(b.enclose, target{out, label})
	out.Body = b.block(s.Body.List, s.Body.Lbrace, s.Body.Rbrace)
	b.enclose = b.enclose[:len(b.enclose)-1]
	return out
}

// checkpoint reads //cairn:checkpoint scheme=S, keys with integers and a storage.
func (b *builder) checkpoint(d *ast.Comment) *Checkpoint {
	words := strings.Fields(d.Text)
	out := &Checkpoint{Pos: d.Pos()}
	if words[0] == "//cairn:fixedpoint" {
		out.Scheme, out.Fixed = FixedScheme, b.fixed(d, words[1:])
		return out
	}
	if words[0] != "//cairn:checkpoint" {
		b.fail(d, "%s has no meaning above a loop", d.Text)
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch {
		case key == "scheme" && out.Scheme == "" && (SchemeOf(value) != nil || value == BlockScheme):
			out.Scheme = value
		case slices.Contains(SchemeKeys, key) && out.Arg(key) == nil:
			out.Args = append(out.Args, SchemeArg{key, b.snaps(d, value)})
		case key == "levels":
			out.Levels = value
		case key == "storage":
			out.Storage = value
		case key == "resume":
			out.Resume = value
		case key == "open":
			out.Open = value == "true"
		default:
			b.fail(d, "%s: a scheme, integers for %s and storage= are known", w, strings.Join(SchemeKeys, ", "))
		}
	}
	if out.Scheme == "" {
		b.fail(d, "scheme= is missing")
	}
	return out
}

// fixed reads again=V tol=T max=N.
func (b *builder) fixed(d *ast.Comment, words []string) *Fixed {
	out := &Fixed{}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		var err error
		switch key {
		case "again":
			if r, ok := b.inSight(d, value).(*Ref); ok {
				out.Again = r.V
			}
		case "tol":
			out.Tol, err = strconv.ParseFloat(value, 64)
		case "max":
			out.Max, err = strconv.Atoi(value)
		default:
			b.fail(d, "%s: again=, tol= and max= are known", w)
		}
		if err != nil {
			b.fail(d, "%s: %v", w, err)
		}
	}
	return out
}

// snaps reads an int literal or the name of an integer variable in sight.
func (b *builder) snaps(d *ast.Comment, text string) Expr {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return intConst(int64(n))
	}
	if e := b.inSight(d, text); e != nil {
		return e
	}
	b.fail(d, "snaps=%s is neither a number nor a variable in sight", text)
	return nil
}

// inSight is the variable or constant of that name at d, or nil.
func (b *builder) inSight(d *ast.Comment, text string) Expr {
	scope := b.prog.Pkg.Scope().Innermost(d.Pos())
	if scope == nil {
		return nil
	}
	_, obj := scope.LookupParent(text, d.Pos())
	switch obj := obj.(type) {
	case *types.Var:
		if v := b.vars[obj]; v != nil {
			return &Ref{v}
		}
		if obj.Parent() == b.prog.Pkg.Scope() {
			return &Global{obj}
		}
	case *types.Const:
		if IsInteger(obj.Type()) {
			return &Const{Val: obj.Val(), Typ: intType, Text: text}
		}
	}
	return nil
}

func (b *builder) branch(s *ast.BranchStmt) Stmt {
	label := ""
	if s.Label != nil {
		label = s.Label.Name
	}
	for i := len(b.enclose) - 1; i >= 0; i-- {
		t := b.enclose[i]
		loop, isLoop := t.stmt.(*For)
		if label != "" && t.label != label || s.Tok == token.CONTINUE && !isLoop {
			continue
		}
		switch s.Tok {
		case token.BREAK:
			return &Break{At{s.Pos()}, t.stmt}
		case token.CONTINUE:
			return &Continue{At{s.Pos()}, loop}
		}
	}
	b.fail(s, "%s with nothing to leave or go on with", s.Tok)
	return nil
}
