package testutil

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The credentials of the server that Gateway starts.
const (
	AccessKey = "cairn"
	SecretKey = "cairn-secret"
)

// Gateway starts a versitygw and returns its URL and the directory that holds its buckets,
// each in a directory of its name. .ci/versitygw builds the program. The environment has the credentials.
func Gateway(t *testing.T) (endpoint, root string) {
	t.Helper()
	program := gatewayProgram(t)
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listen.Addr().String()
	listen.Close()
	root = t.TempDir()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	// --sidecar keeps metadata in files: a temporary directory may have no attributes.
	// --disableotmp lets it replace a file by one rename.
	cmd := exec.Command(program, "--access", AccessKey, "--secret", SecretKey, "--port", address, "--quiet", "posix", "--sidecar", t.TempDir(), "--disableotmp", root)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		log.Close()
	})
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			Credentials(t)
			return "http://" + address, root
		}
		time.Sleep(25 * time.Millisecond)
	}
	text, _ := os.ReadFile(log.Name())
	t.Fatalf("versitygw does not listen on %s:\n%s", address, text)
	return "", ""
}

// gatewayProgram finds versitygw: CAIRN_VERSITYGW, the path, or where .ci/versitygw puts it.
func gatewayProgram(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{os.Getenv("CAIRN_VERSITYGW"), "versitygw", filepath.Join(cache, "cairn", "versitygw", "versitygw")} {
		if name == "" {
			continue
		}
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	why := "versitygw is missing: run bash .ci/versitygw, which builds it from the module proxy"
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// Credentials sets those of the tests' servers, and keeps the SDK from looking elsewhere.
func Credentials(t *testing.T) {
	for key, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": AccessKey, "AWS_SECRET_ACCESS_KEY": SecretKey, "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(key, value)
	}
}
