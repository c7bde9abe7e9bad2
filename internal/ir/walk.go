package ir

// Children returns the direct operands of e, nil entries left out.
func Children(e Expr) []Expr {
	var out []Expr
	add := func(xs ...Expr) {
		for _, x := range xs {
			if x != nil {
				out = append(out, x)
			}
		}
	}
	switch e := e.(type) {
	case *Unary:
		add(e.X)
	case *Binary:
		add(e.X, e.Y)
	case *Index:
		add(e.X, e.I)
	case *Field:
		add(e.X)
	case *Deref:
		add(e.X)
	case *SliceOf:
		add(e.X, e.Lo, e.Hi, e.Max)
	case *Addr:
		add(e.X)
	case *Convert:
		add(e.X)
	case *Len:
		add(e.X)
	case *Cap:
		add(e.X)
	case *Math:
		add(e.Args...)
	case *Composite:
		add(e.Elems...)
	case *Make:
		add(e.Len, e.Cap)
	case *Append:
		add(e.X)
		add(e.Elems...)
	case *Has:
		add(e.X, e.I)
	case *Keys:
		add(e.X)
	}
	return out
}

// WalkExpr calls f for e and, while f returns true, for its operands.
func WalkExpr(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	for _, c := range Children(e) {
		WalkExpr(c, f)
	}
}

// Blocks returns the statement lists directly inside s.
func Blocks(s Stmt) []*Block {
	switch s := s.(type) {
	case *Block:
		return []*Block{s}
	case *If:
		if s.Else != nil {
			return []*Block{s.Then, s.Else}
		}
		return []*Block{s.Then}
	case *For:
		return []*Block{s.Body}
	case *Closure:
		return []*Block{s.Body}
	}
	return nil
}

// WalkStmts calls f for each statement of b, outer before inner, in order; Init
// and Post of a For are visited too, after the For itself.
func WalkStmts(b *Block, f func(Stmt)) {
	if b == nil {
		return
	}
	for _, s := range b.Stmts {
		WalkStmt(s, f)
	}
}

// WalkStmt is WalkStmts for one statement.
func WalkStmt(s Stmt, f func(Stmt)) {
	f(s)
	if l, ok := s.(*For); ok {
		if l.Init != nil {
			f(l.Init)
		}
		if l.Post != nil {
			f(l.Post)
		}
	}
	for _, b := range Blocks(s) {
		WalkStmts(b, f)
	}
}

// Callees returns the functions of the program that f calls, in the order of the
// calls; one that is called twice stands there twice.
func Callees(f *Func) []*Func {
	var out []*Func
	WalkStmts(f.Body, func(s Stmt) {
		if c, ok := s.(*Call); ok && c.Fn != nil {
			out = append(out, c.Fn)
		}
	})
	return out
}

// CalleesFirst lists root and all functions that it needs, callees before callers but for
// recursion.
func CalleesFirst(root *Func) []*Func {
	var out []*Func
	seen := map[*Func]bool{}
	var visit func(f *Func)
	visit = func(f *Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		for _, g := range Callees(f) {
			visit(g)
		}
		out = append(out, f)
	}
	visit(root)
	return out
}

// Exprs returns the expressions that stand directly in s (not in statements
// nested in it): reads first, then the left sides, which are places.
func Exprs(s Stmt) (reads, places []Expr) {
	add := func(xs ...Expr) {
		for _, x := range xs {
			if x != nil {
				reads = append(reads, x)
			}
		}
	}
	put := func(xs ...Expr) {
		for _, x := range xs {
			if x != nil {
				places = append(places, x)
			}
		}
	}
	switch s := s.(type) {
	case *Assign:
		add(s.R...)
		put(s.L...)
	case *Call:
		add(s.Args...)
		put(s.L...)
	case *Copy:
		add(s.Dst, s.Src)
		put(s.N)
	case *If:
		add(s.Cond)
	case *For:
		add(s.Cond)
		if s.Checkpoint != nil {
			add(s.Checkpoint.Snaps)
		}
	case *Panic:
		add(s.X)
	case *Yield:
		add(s.X)
	}
	return reads, places
}

// Root returns the variable that the place or value e starts from when it is a
// chain of Field, Index, Deref and SliceOf, else nil.
func Root(e Expr) *Var {
	for {
		switch x := e.(type) {
		case *Ref:
			return x.V
		case *Field:
			e = x.X
		case *Index:
			e = x.X
		case *Deref:
			e = x.X
		case *SliceOf:
			e = x.X
		default:
			return nil
		}
	}
}

// HoldsShadow reports whether the place e is in a variable that holds derivatives.
func HoldsShadow(e Expr) bool {
	v := Root(e)
	return v != nil && v.Shadow != NoShadow
}

// FromGlobal reports whether the place or value e starts from a package-level
// variable.
func FromGlobal(e Expr) bool {
	for {
		switch x := e.(type) {
		case *Global:
			return true
		case *Field:
			e = x.X
		case *Index:
			e = x.X
		case *Deref:
			e = x.X
		case *SliceOf:
			e = x.X
		default:
			return false
		}
	}
}

// Mentions reports whether the variable v occurs in e.
func Mentions(e Expr, v *Var) bool {
	found := false
	WalkExpr(e, func(e Expr) bool {
		if r, ok := e.(*Ref); ok && r.V == v {
			found = true
		}
		return !found
	})
	return found
}

// Vars returns the variables that occur in the statements, nested ones included.
func Vars(stmts []Stmt) map[*Var]bool {
	out := map[*Var]bool{}
	for _, s := range stmts {
		AddVars(out, s)
	}
	return out
}

// AddVars adds the variables that occur in s to the set.
func AddVars(set map[*Var]bool, s Stmt) {
	note := func(e Expr) bool {
		if r, ok := e.(*Ref); ok {
			set[r.V] = true
		}
		return true
	}
	WalkStmt(s, func(s Stmt) {
		switch s := s.(type) {
		case *Call:
			if s.On != nil {
				set[s.On] = true
			}
		case *For:
			if s.Stop != nil {
				set[s.Stop] = true
			}
		}
		reads, places := Exprs(s)
		for _, e := range reads {
			WalkExpr(e, note)
		}
		for _, e := range places {
			WalkExpr(e, note)
		}
	})
}

// Equal reports whether a and b are the same expression.
func Equal(a, b Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return Format(a) == Format(b)
}

// AddrOf returns the address of a place: for what a pointer points to, the pointer.
func AddrOf(place Expr) Expr {
	if d, ok := place.(*Deref); ok {
		return d.X
	}
	return &Addr{X: place}
}

// Defined returns the variables that s declares in the list that it stands in.
func Defined(s Stmt) []*Var {
	var ls []Expr
	switch s := s.(type) {
	case *Decl:
		return []*Var{s.V}
	case *Closure:
		return []*Var{s.V}
	case *Assign:
		if s.Define {
			ls = s.L
		}
	case *Call:
		if s.Define {
			ls = s.L
		}
	}
	var out []*Var
	for _, l := range ls {
		if l != nil {
			out = append(out, l.(*Ref).V)
		}
	}
	return out
}
