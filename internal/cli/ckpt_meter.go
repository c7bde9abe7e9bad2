package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/cairn-ad/cairn/store"
)

// meter is a store that shows on a bar how much was read of it.
type meter struct {
	store.Store
	bar *progressbar.ProgressBar
}

// metered returns the store of the source with a bar on errs, if that is a terminal, for the
// reading of so many bytes, and a function that removes the bar.
func (s *source) metered(errs io.Writer, bytes int64, what string) (st store.Store, describe func(string), wipe func()) {
	if !isTerminal(errs) {
		return s.store, func(string) {}, func() {}
	}
	bar := progressbar.NewOptions64(max(bytes, 1),
		progressbar.OptionSetWriter(errs),
		progressbar.OptionSetWidth(24),
		progressbar.OptionShowBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionThrottle(50*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	describe = func(what string) { bar.Describe(fmt.Sprintf("%-44s", shorten(printable(what), 44))) }
	describe(what)
	return &meter{s.store, bar}, describe, func() { _ = bar.Clear() }
}

// Get implements store.Store.
func (m *meter) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, size, err := m.Store.Get(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	return &metered{r, m.bar}, size, nil
}

type metered struct {
	io.ReadCloser
	bar *progressbar.ProgressBar
}

func (m *metered) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	_ = m.bar.Add(n) // an error means that there are more bytes than were announced
	return n, err
}

// rateText says how many bytes were done in which time.
func rateText(bytes int64, done string, d time.Duration) string {
	text := fmt.Sprintf("%s %s in %.3g s", sizeText(bytes), done, d.Seconds())
	if d > 0 && bytes > 0 {
		text += fmt.Sprintf(", %s/s", sizeText(int64(float64(bytes)/d.Seconds())))
	}
	return text
}
