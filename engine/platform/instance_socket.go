//go:build linux || darwin || freebsd || netbsd || openbsd

package platform

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"slipway/engine/model"

	"github.com/adrg/xdg"
)

// Instance is the place of the one Slipway of a user that has a window. A lock says who has it, which the kernel takes
// back however a process ends; a socket beside it takes requests.
type Instance struct {
	lock     *os.File
	listener net.Listener
}

// claimTime is how long the place may change hands, or its owner be too busy to answer.
const claimTime = 2 * exchangeTime

// claimAgain is the pause between two looks at a lock and a socket, which do not tell when they change.
const claimAgain = 20 * time.Millisecond

// Claim takes the place of the Slipway with the window, or hands the request to the one that has it: then handed is
// true. Slipways with another configuration directory do not meet. The errors are [ErrBusy], [ErrNoInstance], what the
// other one refuses, or ctx's.
func Claim(ctx context.Context, r Request) (i *Instance, handed bool, err error) {
	path, err := instancePath()
	if err != nil {
		return nil, false, errors.Join(ErrNoInstance, err)
	}
	pause := time.NewTicker(claimAgain)
	defer pause.Stop()
	for end := time.Now().Add(claimTime); ; {
		if i, err = take(path); i != nil || err != nil {
			return i, false, err
		}
		c, err := net.Dial("unix", path)
		if err == nil {
			if err = ask(c, r); !errors.Is(err, errUnanswered) {
				return nil, err == nil, err
			}
		}
		// Its owner is just coming up or going away.
		if time.Now().After(end) {
			return nil, false, ErrBusy
		}
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-pause.C:
		}
	}
}

// take takes the place if it is free; it returns nil when somebody has it. A socket that a crashed one left is replaced
// only by who holds the lock, so that nobody removes the socket of a living one.
func take(path string) (*Instance, error) {
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Join(ErrNoInstance, err)
	}
	switch err := flock(lock); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, lock.Close()
	case err != nil:
		return nil, errors.Join(ErrNoInstance, err, lock.Close())
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(ErrNoInstance, err, lock.Close())
	}
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600) // nobody else gets into its folder anyway
	}
	if err != nil {
		if l != nil {
			l.Close()
		}
		return nil, errors.Join(ErrNoInstance, err, lock.Close())
	}
	return &Instance{lock: lock, listener: l}, nil
}

// flock locks a file if nobody else has; it goes on when a signal interrupts it.
func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// Serve hands requests to obey, from goroutines of its own, until ctx ends; it returns when all of them have. obey must
// return soon; its error is told to who asked.
func (i *Instance) Serve(ctx context.Context, obey func(context.Context, Request) error) {
	if i == nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { i.listener.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		c, err := i.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, for example: the next one may do
			select {
			case <-ctx.Done():
				return
			case <-time.After(claimAgain):
			}
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = model.Guard(model.Say("platform.a-request-of-another-slipway"), func() error {
				answer(ctx, c, obey)
				return nil
			})
		}()
	}
}

// Close gives the place up.
func (i *Instance) Close() error {
	if i == nil {
		return nil
	}
	err := i.listener.Close() // removes the socket, too, while the lock is still held
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, i.lock.Close())
}

// longestSocket is what the path of a socket may have (unix(7): 108 bytes with the zero; 104 on the BSDs).
const longestSocket = 103

// instancePath is where the socket is, in a folder that only the user may enter: of the runtime directory, else of the
// cache. Its name stands for the configuration directory.
func instancePath() (string, error) {
	sum := sha256.Sum256([]byte(filepath.Clean(xdg.ConfigHome)))
	name := hex.EncodeToString(sum[:8]) + ".sock"
	places := []string{
		filepath.Join(xdg.CacheHome, "slipway"),
		filepath.Join(os.TempDir(), fmt.Sprintf("slipway-%d", os.Getuid())),
	}
	if info, err := os.Stat(xdg.RuntimeDir); err == nil && info.IsDir() { // it is the system's to make
		places = append([]string{filepath.Join(xdg.RuntimeDir, "slipway")}, places...)
	}
	var failed error
	for _, own := range places {
		path := filepath.Join(own, name)
		if len(path) > longestSocket {
			failed = errors.Join(failed, fmt.Errorf("%s is too long for a socket", path))
			continue
		}
		err := ownFolder(own)
		if err == nil {
			return path, nil
		}
		failed = errors.Join(failed, err)
	}
	return "", failed
}

// ownFolder makes a folder that only the user may enter, and refuses one that is somebody else's.
func ownFolder(own string) error {
	if err := os.MkdirAll(own, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(own)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%s is not a folder of this user", own)
	}
	d, err := openDir(own)
	if err != nil {
		return err
	}
	defer d.Close()
	if now, err := d.Stat(); err != nil || !os.SameFile(info, now) {
		return errors.Join(err, ErrSwapped)
	}
	return d.Chmod(0o700)
}
