package cli

import "github.com/spf13/cobra"

func newScrutinize(s *streams) *cobra.Command { return &cobra.Command{Use: "scrutinize", RunE: func(*cobra.Command, []string) error { return nil }} }
