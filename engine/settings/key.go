package settings

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/engine/model"
)

// keySize is that of a key for HMAC-SHA256, in bytes.
const keySize = 32

// Key is what this user's Slipway signs its labels with. It is kept in the file "key" beside the settings, readable by
// the user alone, and made where there is none. Where it can be neither read nor kept it holds for this run only: then
// what this run leaves behind after a crash is nobody's later.
func Key(settingsPath string) model.Key {
	path := filepath.Join(filepath.Dir(settingsPath), "key")
	key, err := readKey(path)
	if err == nil {
		return key
	}
	if errors.Is(err, errNoKey) {
		_, _ = keepAside(path) // what is no key can vouch for nothing
	}
	fresh := make(model.Key, keySize)
	_, _ = rand.Read(fresh) // never fails, see crypto/rand
	if err := writeKey(path, fresh); errors.Is(err, fs.ErrExist) {
		if key, err := readKey(path); err == nil { // another Slipway was first
			return key
		}
	}
	return fresh
}

// errNoKey is the error of a file that holds no key, or that others can read.
var errNoKey = errors.New("this is no key of this user alone")

func readKey(path string) (model.Key, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() != keySize {
		return nil, errNoKey
	}
	if info.Mode().Perm()&0o077 != 0 && filepath.Separator == '/' { // others may have read it, but shall not again
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, err
		}
	}
	data, err := os.ReadFile(path)
	if err == nil && len(data) != keySize {
		err = errNoKey
	}
	return data, err
}

// writeKey makes the file whole or not at all, and never over one that is there.
func writeKey(path string, key model.Key) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".key-*") // which only the user may read
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(key)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Link(tmp.Name(), path)
}
