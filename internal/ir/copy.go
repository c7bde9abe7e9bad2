package ir

import "slices"

// CopyBlock returns a copy of b that shares no statement with it; variables in to
// are replaced. Break and Continue statements name the copies of their targets.
func CopyBlock(b *Block, to map[*Var]*Var) *Block {
	c := &copier{to: to, targets: map[Stmt]Stmt{}}
	return c.block(b)
}

// CopyBlockAt is CopyBlock, and the variables in behind are replaced by what pointers
// refer to: uses of v by *p, and &v by p.
func CopyBlockAt(b *Block, to, behind map[*Var]*Var) *Block {
	c := &copier{to: to, behind: behind, targets: map[Stmt]Stmt{}}
	return c.block(b)
}

// CopyBlockWith is CopyBlock with every expression rewritten: see Rewrite.
func CopyBlockWith(b *Block, f func(Expr) Expr) *Block {
	c := &copier{rewrite: f, targets: map[Stmt]Stmt{}}
	return c.block(b)
}

// CopyBlockAll is CopyBlockWith that replaces the variables in to where they are declared,
// too; f does it elsewhere.
func CopyBlockAll(b *Block, to map[*Var]*Var, f func(Expr) Expr) *Block {
	c := &copier{to: to, rewrite: f, targets: map[Stmt]Stmt{}}
	return c.block(b)
}

// CopyExpr returns e with the variables in to replaced.
func CopyExpr(e Expr, to map[*Var]*Var) Expr { return (&copier{to: to}).expr(e) }

type copier struct {
	rewrite func(Expr) Expr
	to      map[*Var]*Var
	behind  map[*Var]*Var
	targets map[Stmt]Stmt
}

func (c *copier) expr(e Expr) Expr {
	if c.rewrite != nil {
		return Rewrite(e, c.rewrite)
	}
	if len(c.to) == 0 && len(c.behind) == 0 {
		return e // expressions are never changed in place
	}
	return Rewrite(e, func(e Expr) Expr {
		switch e := e.(type) {
		case *Ref:
			if p := c.behind[e.V]; p != nil {
				return &Deref{X: &Ref{V: p}}
			}
			if w := c.to[e.V]; w != nil {
				return &Ref{V: w}
			}
		case *Addr:
			if r, ok := e.X.(*Ref); ok && c.behind[r.V] != nil {
				return &Ref{V: c.behind[r.V]}
			}
		}
		return nil
	})
}

func (c *copier) list(es []Expr) []Expr {
	var out []Expr
	for _, e := range es {
		out = append(out, c.expr(e))
	}
	return out
}

func (c *copier) v(v *Var) *Var {
	if w := c.to[v]; v != nil && w != nil {
		return w
	}
	return v
}

func (c *copier) block(b *Block) *Block {
	if b == nil {
		return nil
	}
	out := &Block{At: b.At, Checkpoint: b.Checkpoint}
	c.targets[b] = out
	for _, s := range b.Stmts {
		out.Stmts = append(out.Stmts, c.stmt(s))
	}
	return out
}

func (c *copier) assign(s *Assign) *Assign {
	if s == nil {
		return nil
	}
	return &Assign{At: s.At, L: c.list(s.L), R: c.list(s.R), Define: s.Define, Guard: s.Guard}
}

func (c *copier) stmt(s Stmt) Stmt {
	switch s := s.(type) {
	case *Block:
		return c.block(s)
	case *Decl:
		return &Decl{At: s.At, V: c.v(s.V)}
	case *Assign:
		return c.assign(s)
	case *Call:
		n := *s
		n.L, n.Args, n.On = c.list(s.L), c.list(s.Args), c.v(s.On)
		return &n
	case *Copy:
		return &Copy{At: s.At, N: c.expr(s.N), Dst: c.expr(s.Dst), Src: c.expr(s.Src)}
	case *If:
		return &If{At: s.At, Cond: c.expr(s.Cond), Then: c.block(s.Then), Else: c.block(s.Else)}
	case *For:
		n := *s
		c.targets[s] = &n
		n.Init, n.Cond, n.Post = c.assign(s.Init), c.expr(s.Cond), c.assign(s.Post)
		n.Body, n.Stop = c.block(s.Body), c.v(s.Stop)
		n.Additive = nil
		for _, v := range s.Additive {
			n.Additive = append(n.Additive, c.v(v))
		}
		if s.Spawn != nil {
			w := *s.Spawn
			w.Private = nil
			for _, v := range s.Spawn.Private {
				w.Private = append(w.Private, c.v(v))
			}
			n.Spawn = &w
		}
		if s.Checkpoint != nil {
			k := *s.Checkpoint
			k.Args = slices.Clone(k.Args)
			for i, a := range k.Args {
				k.Args[i].X = c.expr(a.X)
			}
			if k.Fixed != nil {
				f := *k.Fixed
				f.Again = c.v(f.Again)
				k.Fixed = &f
			}
			n.Checkpoint = &k
		}
		return &n
	case *Break:
		return &Break{At: s.At, Target: c.targets[s.Target]}
	case *Continue:
		return &Continue{At: s.At, Target: c.targets[s.Target].(*For)}
	case *Panic:
		return &Panic{At: s.At, X: c.expr(s.X)}
	case *Closure:
		n := *s
		n.V, n.Params = c.v(s.V), nil
		for _, p := range s.Params {
			n.Params = append(n.Params, c.v(p))
		}
		n.Body = c.block(s.Body)
		return &n
	case *Yield:
		return &Yield{At: s.At, X: c.expr(s.X)}
	}
	return s
}
