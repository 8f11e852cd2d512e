package remote

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// hdfs is Hadoop's file system, asked by WebHDFS: two operations over HTTP that
// each name node offers. The protocol of hdfs:// itself would need a library, and
// another for Kerberos; where WebHDFS wants Kerberos, this one is refused.
//
// The port is that of dfs.namenode.http-address in HADOOP_CONF_DIR/hdfs-site.xml,
// which has the hosts of a name service too, else Hadoop's own, 9870;
// webhdfs:// and swebhdfs:// (TLS) name it. The user is HADOOP_USER_NAME or USER.
type hdfs struct{}

const hdfsPort = "9870"

// nodes are the name nodes to ask, as addresses of WebHDFS, and the path.
func (hdfs) nodes(address string) (nodes []string, path string, err error) {
	u, err := hostOf(address)
	if err != nil {
		return nil, "", err
	}
	switch u.Scheme {
	case "webhdfs":
		return []string{"http://" + u.Host}, u.Path, nil
	case "swebhdfs":
		return []string{"https://" + u.Host}, u.Path, nil
	}
	site := hadoopSite()
	for _, key := range []string{"dfs.namenode.http-address", "dfs.namenode.http-address." + u.Host} {
		if at := site[key]; at != "" && (key != "dfs.namenode.http-address" || sameHost(at, u.Hostname())) {
			return []string{"http://" + at}, u.Path, nil
		}
	}
	for node := range strings.SplitSeq(site["dfs.ha.namenodes."+u.Host], ",") {
		if at := site["dfs.namenode.http-address."+u.Host+"."+strings.TrimSpace(node)]; at != "" {
			nodes = append(nodes, "http://"+at)
		}
	}
	if nodes == nil {
		nodes = []string{"http://" + u.Hostname() + ":" + hdfsPort}
	}
	return nodes, u.Path, nil
}

func sameHost(address, host string) bool {
	name, _, _ := strings.Cut(address, ":")
	return name == host
}

// hadoopSite are the settings of hdfs-site.xml, none where there is none.
func hadoopSite() map[string]string {
	text, err := os.ReadFile(filepath.Join(os.Getenv("HADOOP_CONF_DIR"), "hdfs-site.xml"))
	var file struct {
		Property []struct {
			Name  string `xml:"name"`
			Value string `xml:"value"`
		} `xml:"property"`
	}
	out := map[string]string{}
	if err != nil || xml.Unmarshal(text, &file) != nil {
		return out
	}
	for _, p := range file.Property {
		out[strings.TrimSpace(p.Name)] = strings.TrimSpace(p.Value)
	}
	return out
}

// ask does an operation at the first name node that is the active one.
func (h hdfs) ask(address, operation string, more url.Values) (io.ReadCloser, error) {
	nodes, path, err := h.nodes(address)
	if err != nil {
		return nil, err
	}
	more.Set("op", operation)
	if user := userName(); user != "" {
		more.Set("user.name", user)
	}
	for _, node := range nodes {
		at := url.URL{Path: "/webhdfs/v1/" + strings.Trim(path, "/")}
		body, failed := get(patient, node+at.EscapedPath()+"?"+more.Encode(), 0, "see HADOOP_USER_NAME; Kerberos is not supported")
		if failed == nil {
			return body, nil
		}
		if errors.Is(failed, fs.ErrNotExist) {
			return nil, failed
		}
		err = errors.Join(err, fmt.Errorf("WebHDFS at %s: %w", node, failed)) // of two, one is on standby
	}
	return nil, err
}

func userName() string {
	if name := os.Getenv("HADOOP_USER_NAME"); name != "" {
		return name
	}
	return os.Getenv("USER")
}

// List implements sparklog.Storage.
func (h hdfs) List(address string) ([]fs.FileInfo, bool, error) {
	body, err := h.ask(address, "LISTSTATUS", url.Values{})
	if err != nil {
		return nil, false, err
	}
	defer body.Close()
	var answer struct {
		FileStatuses struct {
			FileStatus []struct {
				PathSuffix       string
				Type             string
				Length           int64
				ModificationTime int64
			}
		}
	}
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return nil, false, fmt.Errorf("%s is not answered by WebHDFS: %w", address, err)
	}
	var out []fs.FileInfo
	for _, s := range answer.FileStatuses.FileStatus {
		e := entry{s.PathSuffix, s.Length, time.UnixMilli(s.ModificationTime), s.Type == "DIRECTORY"}
		if e.name == "" { // of a file, its own
			e.name = address[strings.LastIndexByte(address, '/')+1:]
			return []fs.FileInfo{e}, false, nil
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return out, true, nil
}

// Open implements sparklog.Storage.
func (h hdfs) Open(address string, from int64) (io.ReadCloser, error) {
	return h.ask(address, "OPEN", url.Values{"offset": {fmt.Sprint(from)}})
}
