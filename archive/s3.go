package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// partSize is how much of a stream of unknown length is held in memory; S3 takes 10,000 parts, so an archive may have 160 GB.
const partSize = 16 << 20

// s3 is a store in a bucket of S3 or something that speaks like it.
type s3 struct {
	client         *minio.Client
	bucket, prefix string
}

func openS3(u *url.URL, env func(string) string) (Store, error) {
	q := u.Query()
	endpoint := q.Get("endpoint")
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	if env("AWS_ACCESS_KEY_ID") == "" || env("AWS_SECRET_ACCESS_KEY") == "" {
		return nil, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
	}
	client, err := minio.New(endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"), env("AWS_SESSION_TOKEN")),
		Secure: q.Get("insecure") != "true", Region: q.Get("region"),
	})
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	return &s3{client, u.Host, strings.Trim(u.Path, "/")}, nil
}

func (s *s3) key(name string) string { return path.Join(s.prefix, name) }

// Put streams an object in parts; what is not completed is not there.
func (s *s3) Put(ctx context.Context, name string, content io.Reader) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.key(name), whole{content}, -1, minio.PutObjectOptions{PartSize: partSize, ContentType: "application/octet-stream"})
	return err
}

// whole is a source whose early end is an error like any other: the client takes io.ErrUnexpectedEOF for the end of the last part.
type whole struct{ io.Reader }

func (w whole) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the source ended early")
	}
	return n, err
}

func (s *s3) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	o, err := s.client.GetObject(ctx, s.bucket, s.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	if _, err := o.Stat(); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// Part asks for nothing but the part.
func (s *s3) Part(ctx context.Context, name string, from, size int64) (io.ReadCloser, error) {
	var o minio.GetObjectOptions
	if err := o.SetRange(from, from+size-1); err != nil {
		return nil, err
	}
	in, _, _, err := minio.Core{Client: s.client}.GetObject(ctx, s.bucket, s.key(name), o)
	return in, err
}

func (s *s3) List(ctx context.Context) (list []string, err error) {
	err = s.Each(ctx, func(name string, _ time.Time) error {
		list = append(list, name)
		return nil
	})
	slices.Sort(list)
	return list, err
}

func (s *s3) Each(ctx context.Context, fn func(name string, at time.Time) error) error {
	at := s.prefix
	if at != "" {
		at += "/"
	}
	ctx, stop := context.WithCancel(ctx) // ends the listing when fn fails
	defer stop()
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: at, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		if err := fn(strings.TrimPrefix(o.Key, at), o.LastModified); err != nil {
			return err
		}
	}
	return nil
}

func (s *s3) Remove(ctx context.Context, name string) error {
	return s.client.RemoveObject(ctx, s.bucket, s.key(name), minio.RemoveObjectOptions{})
}
