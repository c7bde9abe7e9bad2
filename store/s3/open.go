package s3

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/internal/keyed"
)

func init() {
	open := func(url string) (store.Store, error) { return Open(url) }
	store.Register("s3", store.Scheme{Open: open, OpenExisting: open})
}

// The limits of S3 for parts, and what is used without an option.
const (
	minPart     int64 = 5 << 20
	maxPart     int64 = min(5<<30, math.MaxInt) // a part is one slice
	defaultPart int64 = 16 << 20
	maxParts          = 10000
)

// Options are those of [New]. The zero value is what a URL without a query means.
type Options struct {
	// PartSize is how many bytes are sent in one request; 16 MiB if zero. A blob has at
	// most 10 000 parts, so this bounds its size: 156 GiB for 16 MiB.
	PartSize int64
	// Attempts is how often a blob is read back, or sent, before Put gives up; 5 if zero.
	Attempts int
	// MaxPause is the longest pause between two attempts; 20 s if zero. The first is a
	// hundredth of it.
	MaxPause time.Duration
}

// Store is a store in a bucket. Use [Open] or [New].
type Store struct {
	client *s3.Client
	bucket string
	prefix string // of all keys, empty or with a slash at its end
	opts   Options
	busy   keyed.Locks // that are being put

	probing     sync.Mutex
	conditional *bool // whether the server honours If-None-Match; nil before it was asked
}

// Open opens a store by URL; see the package documentation. No request is made.
func Open(rawURL string) (*Store, error) {
	p, err := parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("store: %q: %w", rawURL, err)
	}
	cfg, err := config.LoadDefaultConfig(context.Background(),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.ResponseHeaderTimeout = 2 * time.Minute // a server that says nothing is tried again
		})))
	if err != nil {
		return nil, fmt.Errorf("store: %q: the AWS configuration: %w", rawURL, err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		if p.region != "" {
			o.Region = p.region
		}
		if o.Region == "" {
			o.Region = "us-east-1"
		}
		if p.endpoint != "" {
			o.BaseEndpoint = aws.String(p.endpoint)
		}
		o.UsePathStyle = p.pathStyle
	})
	return New(client, p.bucket, p.prefix, Options{PartSize: p.part})
}

// New opens a store in a bucket with a client of the AWS SDK. The keys of its objects begin
// with the prefix and a slash, if the prefix is not empty.
func New(client *s3.Client, bucket, prefix string, opts Options) (*Store, error) {
	if client == nil || bucket == "" {
		return nil, errors.New("store: s3: give a client and the name of a bucket")
	}
	prefix = strings.Trim(prefix, "/")
	if prefix != "" {
		if err := store.CheckName(prefix); err != nil {
			return nil, fmt.Errorf("store: s3: the prefix: %w", err)
		}
		prefix += "/"
	}
	if opts.PartSize == 0 {
		opts.PartSize = defaultPart
	}
	if opts.PartSize < minPart || opts.PartSize > maxPart {
		return nil, fmt.Errorf("store: s3: a part of %d bytes: it must have between %d (5 MiB, by S3) and %d", opts.PartSize, minPart, maxPart)
	}
	if opts.Attempts < 0 || opts.MaxPause < 0 {
		return nil, fmt.Errorf("store: s3: Attempts %d and MaxPause %v must not be negative", opts.Attempts, opts.MaxPause)
	}
	if opts.Attempts == 0 {
		opts.Attempts = 5
	}
	if opts.MaxPause == 0 {
		opts.MaxPause = 20 * time.Second
	}
	return &Store{client: client, bucket: bucket, prefix: prefix, opts: opts}, nil
}

// request sets what every request needs: retries, and no checksums in trailers, since some
// servers store those as content.
func (s *Store) request(o *s3.Options) {
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
		r.MaxAttempts = s.opts.Attempts
		r.MaxBackoff = s.opts.MaxPause
		r.RateLimiter = ratelimit.None
	})
}

// place is what a URL says.
type place struct {
	bucket, prefix   string
	endpoint, region string
	pathStyle        bool
	part             int64
}

func parse(rawURL string) (place, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return place{}, err
	}
	if u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Fragment != "" || strings.Contains(u.Host, ":") {
		return place{}, errors.New("write s3://BUCKET/PREFIX?endpoint=…&region=…; credentials come from the AWS configuration")
	}
	p := place{bucket: u.Host, prefix: strings.Trim(u.Path, "/")}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return place{}, err
	}
	style := ""
	for key, values := range query {
		value := values[len(values)-1]
		switch key {
		case "endpoint":
			p.endpoint = value
		case "region":
			p.region = value
		case "style":
			style = value
		case "part":
			if p.part, err = strconv.ParseInt(value, 10, 64); err != nil || p.part <= 0 {
				return place{}, fmt.Errorf("part=%s is no number of bytes", value)
			}
		default:
			return place{}, fmt.Errorf("the query has the unknown key %q; it may have endpoint, region, style and part", key)
		}
	}
	if p.endpoint != "" {
		if e, err := url.Parse(p.endpoint); err != nil || e.Host == "" || e.Scheme != "http" && e.Scheme != "https" {
			return place{}, fmt.Errorf("endpoint=%s: write http://HOST:PORT or https://HOST", p.endpoint)
		}
	}
	switch style {
	case "":
		p.pathStyle = p.endpoint != ""
	case "path", "host":
		p.pathStyle = style == "path"
	default:
		return place{}, fmt.Errorf("style=%s: write path or host", style)
	}
	return p, nil
}
