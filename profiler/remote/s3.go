package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3 is Amazon's, or any other that speaks like it: AWS_ENDPOINT_URL_S3 or
// AWS_ENDPOINT_URL name one. Credentials are those of the environment, of
// ~/.aws/credentials (AWS_PROFILE), or of the machine's role, in this order.
type s3 struct {
	once sync.Once
	core *minio.Core
	err  error
}

func (s *s3) client() (*minio.Core, error) {
	s.once.Do(func() {
		endpoint, secure := "s3.amazonaws.com", true
		if region := s3Region(); region != "" && region != "us-east-1" {
			endpoint = "s3." + region + ".amazonaws.com"
		}
		for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} {
			if text := os.Getenv(name); text != "" {
				u, err := url.Parse(text)
				if err != nil || u.Host == "" {
					s.err = fmt.Errorf("%s=%s is no address; write it as https://host:port", name, text)
					return
				}
				endpoint, secure = u.Host, u.Scheme == "https"
			}
		}
		s.core, s.err = minio.NewCore(endpoint, &minio.Options{
			Secure:     secure,
			Region:     s3Region(),
			MaxRetries: 3,
			Creds: credentials.NewChainCredentials([]credentials.Provider{
				&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
			}),
		})
	})
	return s.core, s.err
}

func s3Region() string {
	if region := os.Getenv("AWS_REGION"); region != "" {
		return region
	}
	return os.Getenv("AWS_DEFAULT_REGION")
}

// List implements sparklog.Storage.
func (s *s3) List(address string) ([]fs.FileInfo, bool, error) {
	bucket, key, err := bucketOf(address)
	if err != nil {
		return nil, false, err
	}
	core, err := s.client()
	if err != nil {
		return nil, false, err
	}
	return listObjects(key, func(prefix string) (out []object, err error) {
		for o := range core.Client.ListObjects(context.Background(), bucket, minio.ListObjectsOptions{Prefix: prefix}) {
			if o.Err != nil {
				return nil, s3Error(o.Err)
			}
			out = append(out, object{o.Key, o.Size, o.LastModified})
		}
		return out, nil
	})
}

// Open implements sparklog.Storage.
func (s *s3) Open(address string, from int64) (io.ReadCloser, error) {
	bucket, key, err := bucketOf(address)
	if err != nil {
		return nil, err
	}
	core, err := s.client()
	if err != nil {
		return nil, err
	}
	var opt minio.GetObjectOptions
	if from > 0 {
		if err := opt.SetRange(from, 0); err != nil {
			return nil, err
		}
	}
	body, _, _, err := core.GetObject(context.Background(), bucket, strings.Trim(key, "/"), opt)
	return body, s3Error(err)
}

// s3Error says what to do about an error.
func s3Error(err error) error {
	var answer minio.ErrorResponse
	switch {
	case !errors.As(err, &answer):
		return err
	case answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case answer.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%w; see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE and AWS_REGION", err)
	}
	return err
}
