package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// azure is Azure Data Lake Storage, asked as the blob storage that it is built on.
// Credentials are AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or
// AZURE_STORAGE_SAS_TOKEN, else those of azidentity: AZURE_CLIENT_ID and its kin,
// the machine's identity, or the az tool's.
type azure struct{}

// place takes abfss://container@account.dfs.core.windows.net/path apart.
func (azure) place(address string) (client *azblob.Client, in, key string, err error) {
	u, err := hostOf(address)
	if err != nil {
		return nil, "", "", err
	}
	in, key = u.User.Username(), strings.Trim(u.Path, "/")
	account, _, _ := strings.Cut(u.Hostname(), ".")
	if in == "" || account == "" {
		return nil, "", "", fmt.Errorf("%s names no container; write it as abfss://container@account.dfs.core.windows.net/path", address)
	}
	service := "https://" + strings.Replace(u.Host, ".dfs.", ".blob.", 1)
	switch text, secret, sas := os.Getenv("AZURE_STORAGE_CONNECTION_STRING"), os.Getenv("AZURE_STORAGE_KEY"), os.Getenv("AZURE_STORAGE_SAS_TOKEN"); {
	case text != "":
		client, err = azblob.NewClientFromConnectionString(text, nil)
	case secret != "":
		var credential *azblob.SharedKeyCredential
		if credential, err = azblob.NewSharedKeyCredential(account, secret); err == nil {
			client, err = azblob.NewClientWithSharedKeyCredential(service, credential, nil)
		}
	case sas != "":
		client, err = azblob.NewClientWithNoCredential(service+"?"+strings.TrimPrefix(sas, "?"), nil)
	default:
		var credential *azidentity.DefaultAzureCredential
		if credential, err = azidentity.NewDefaultAzureCredential(nil); err == nil {
			client, err = azblob.NewClient(service, credential, nil)
		}
	}
	return client, in, key, err
}

// List implements sparklog.Storage.
func (a azure) List(address string) ([]fs.FileInfo, bool, error) {
	client, in, key, err := a.place(address)
	if err != nil {
		return nil, false, err
	}
	return listObjects(key, func(prefix string) (out []object, err error) {
		pages := client.ServiceClient().NewContainerClient(in).NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{Prefix: &prefix})
		for pages.More() {
			page, err := pages.NextPage(context.Background())
			if err != nil {
				return nil, azureError(err)
			}
			for _, p := range page.Segment.BlobPrefixes {
				out = append(out, object{key: *p.Name})
			}
			for _, b := range page.Segment.BlobItems {
				o := object{key: *b.Name}
				if p := b.Properties; p != nil && p.ContentLength != nil && p.LastModified != nil {
					o.size, o.modified = *p.ContentLength, *p.LastModified
				}
				out = append(out, o)
			}
		}
		return out, nil
	})
}

// Open implements sparklog.Storage.
func (a azure) Open(address string, from int64) (io.ReadCloser, error) {
	client, in, key, err := a.place(address)
	if err != nil {
		return nil, err
	}
	answer, err := client.DownloadStream(context.Background(), in, key, &azblob.DownloadStreamOptions{Range: blob.HTTPRange{Offset: from}})
	if err != nil {
		return nil, azureError(err)
	}
	return answer.Body, nil
}

// azureError says what to do about an error, in one line of the many.
func azureError(err error) error {
	var answer *azcore.ResponseError
	if !errors.As(err, &answer) {
		return err
	}
	short := fmt.Errorf("the answer is %d %s", answer.StatusCode, answer.ErrorCode)
	switch answer.StatusCode {
	case http.StatusNotFound:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, short)
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w; see AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN and AZURE_CLIENT_ID", short)
	}
	return short
}
