package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/cairn-ad/cairn/ckpt"
)

// aside is what a store has beside its checkpoints.
type aside struct {
	Quarantined []quarantined  `json:"quarantined"`
	Leftover    []leftoverJSON `json:"leftover"`
}

// quarantined is a folder of checkpoints that were moved aside together.
type quarantined struct {
	Folder      string `json:"folder"`
	Checkpoints int    `json:"checkpoints"`
	Bytes       int64  `json:"bytes"`
}

// leftoverJSON is a data file of no checkpoint.
type leftoverJSON struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
}

// aside lists what is in the quarantine, and data files that no checkpoint of the list needs.
func (s *source) aside(ctx context.Context, list []looked) (*aside, error) {
	out := &aside{Quarantined: []quarantined{}, Leftover: []leftoverJSON{}}
	if s.file != "" {
		return out, nil
	}
	infos, err := s.store.List(ctx, "")
	if err != nil {
		return nil, err
	}
	keep := needed(list)
	for _, l := range list { // what is not valid has its files too
		for _, name := range l.Data {
			keep[name] = true
		}
	}
	for _, info := range infos {
		rest, inside := strings.CutPrefix(info.Name, ckpt.Quarantine+"/")
		if inside {
			folder, _, _ := strings.Cut(rest, "/")
			out.quarantine(ckpt.Quarantine+"/"+folder, strings.HasSuffix(rest, ".ckpt"), info.Size)
			continue
		}
		if strings.HasSuffix(info.Name, ".data") && !keep[info.Name] && (s.run == "" || strings.HasPrefix(info.Name, s.run+"-")) {
			out.Leftover = append(out.Leftover, leftoverJSON{info.Name, info.Size})
		}
	}
	return out, nil
}

// quarantine counts a file of a folder; those of one folder come together.
func (a *aside) quarantine(folder string, checkpoint bool, size int64) {
	n := len(a.Quarantined)
	if n == 0 || a.Quarantined[n-1].Folder != folder {
		a.Quarantined = append(a.Quarantined, quarantined{Folder: folder})
		n++
	}
	q := &a.Quarantined[n-1]
	q.Bytes += size
	if checkpoint {
		q.Checkpoints++
	}
}

func (a *aside) print(w io.Writer, s *source) error {
	for _, q := range a.Quarantined {
		look := ""
		if s.dir != "" {
			look = fmt.Sprintf("; cairn ls file:%s/%s looks into it", s.dir, q.Folder)
		}
		if _, err := fmt.Fprintf(w, "\n%s: %s, %s, moved aside%s\n", printable(q.Folder), count(q.Checkpoints, "checkpoint"), sizeText(q.Bytes), look); err != nil {
			return err
		}
	}
	if len(a.Leftover) == 0 {
		return nil
	}
	var bytes int64
	for _, l := range a.Leftover {
		bytes += l.Bytes
	}
	_, err := fmt.Fprintf(w, "\n%s, %s, of no checkpoint: a save is under way or was cut short\n", count(len(a.Leftover), "data file"), sizeText(bytes))
	return err
}
