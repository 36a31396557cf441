package notebook

import (
	"context"
	"errors"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
)

// probeName begins the names of the files with which a folder is tried.
const probeName = ".slipway-check-"

// tryTime is how long a container may take to answer for its folder, and clearTime how long the disk to remove the
// files again.
const (
	tryTime   = time.Minute
	clearTime = 5 * time.Second
)

// tryScript reads the file $0 and writes $2 into $1. What the container's user may enter and does not have the file is
// another folder, and then it ends with codeAbsent.
const (
	tryScript  = `if [ -x "${0%/*}" ] && [ ! -e "$0" ]; then exit 44; fi; cat "$0" && printf %s "$2" > "$1"`
	codeAbsent = 44
)

// TryFolder tries in both directions whether the folder that is mounted at target in a running container is the one of
// this computer, and whether the container's user may write into it. Nothing of it stays in the folder, which may be
// hostile: the container can put anything there, at any moment. An image without sh cannot be tried, which is no error.
// The error is a [model.Problem] about the folder, or ctx's.
func TryFolder(ctx context.Context, src Source, id, folder, target string) (err error) {
	p := newProbe(folder)
	defer func() {
		if stays := p.clear(ctx); stays && err == nil { // only its maker may remove it here
			_, _, _ = src.Exec(ctx, id, "rm", "-f", path.Join(target, p.theirs))
		}
	}()
	if err := p.lay(ctx); err != nil {
		return err
	}
	asking, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	// $0 and $1 are arguments, not parts of the script.
	text, code, err := src.Exec(asking, id, "sh", "-c", tryScript, path.Join(target, p.mine), path.Join(target, p.theirs),
		p.word)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case asking.Err() != nil:
		return &model.Problem{
			Kind: model.ProblemTimeout, Cause: err,
			What: model.Say("notebook.the-container-does-not-answer", model.Args{"Folder": model.Name(folder)}),
			Why:  model.Say("notebook.it-could-not-read-and"),
			Fix:  model.Say("notebook.look-whether-the-disk-of"),
		}
	case errors.Is(err, context.Canceled):
		return err
	case err != nil, code == 126, code == 127:
		return nil // no shell in it, or it is gone: what comes next will tell
	case code == codeAbsent:
		return unseen(errAnother, model.Say("notebook.the-container-does-not-see", model.Args{"Folder": model.Name(folder)}))
	case !strings.HasPrefix(text, p.word):
		return &model.Problem{
			Kind: model.ProblemPermission, Cause: errors.New(text),
			What: model.Say("notebook.the-container-may-not-read", model.Args{"Folder": model.Name(folder)}),
			Why:  model.Say("notebook.the-container-s-user-has"),
			Fix:  model.Say("notebook.choose-a-folder-that-belongs"),
		}
	case code != 0:
		return &model.Problem{
			Kind: model.ProblemPermission, Cause: errors.New(strings.TrimPrefix(text, p.word)),
			What: model.Say("notebook.the-notebook-may-not-write", model.Args{"Folder": model.Name(folder)}),
			Why:  model.Say("notebook.the-container-s-user-has-no"),
			Fix:  model.Say("notebook.choose-a-folder-that-belongs-to"),
		}
	}
	return p.compare(ctx)
}

// TryWrite tries whether this user may write into a folder. The error is a [model.Problem] about the folder, or ctx's.
func TryWrite(ctx context.Context, folder string) error {
	p := newProbe(folder)
	defer p.clear(ctx)
	return p.lay(ctx)
}

// probe are two small files in a folder: mine is written by this computer, theirs by a container. Their names are known
// to nobody before they are used. Whoever waits for a disk that does not answer holds mu, so that clear comes after it;
// who comes after clear does nothing.
type probe struct {
	folder, mine, theirs, word string

	mu      sync.Mutex
	cleared bool     // nothing is written any more
	root    *os.Root // nil until the folder was opened
	file    *os.File // mine, open until it is removed, so that nothing else is taken for it
}

func newProbe(folder string) *probe {
	return &probe{
		folder: folder, mine: platform.RandomName(probeName), theirs: platform.RandomName(probeName),
		word: NewToken(),
	}
}

// lay writes my file.
func (p *probe) lay(ctx context.Context) error {
	_, err := platform.Answer(ctx, func() (struct{}, error) { return struct{}{}, p.write() })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return CheckFolder(p.folder, err)
	}
	return nil
}

func (p *probe) write() (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cleared {
		return context.Canceled
	}
	if p.root, err = platform.OpenRoot(p.folder); err != nil {
		return err
	}
	if p.file, err = p.root.OpenFile(p.mine, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return err
	}
	_, err = p.file.WriteString(p.word)
	// of the file itself, whatever has its name by now and whatever the umask is
	return errors.Join(err, p.file.Chmod(0o644))
}

// compare reads what the container wrote.
func (p *probe) compare(ctx context.Context) error {
	text, err := platform.Answer(ctx, p.read)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && text != p.word {
		err = errors.New("the file holds something else")
	}
	if err == nil {
		return nil
	}
	return unseen(errors.Join(errAnother, err),
		model.Say("notebook.what-the-notebook-saves-does", model.Args{"Folder": model.Name(p.folder)}))
}

// errAnother is the error of a folder that is not the one which the container has.
var errAnother = errors.New("the container has another folder there")

func unseen(err error, what model.Fact) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemPermission, Cause: err,
		What: what,
		Why:  model.Say("notebook.the-engine-does-not-see"),
		Fix:  model.Say("notebook.choose-a-folder-that-both"),
	}
}

// Unseen is an error of [TryFolder] with the reason that an engine has for it, where the folder is not the one that the
// container has; any other error is returned as it is.
func (h Host) Unseen(err error, folder string) error {
	var p *model.Problem
	if !errors.Is(err, errAnother) || !errors.As(err, &p) {
		return err
	}
	q := *p
	q.Kind = model.ProblemNotFound // it is no question of permissions, which some images do without
	q.Why, q.Fix = engine.Unseen(folder, h.Engine, h.Locality)
	return &q
}

func (p *probe) read() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cleared {
		return "", context.Canceled
	}
	f, err := platform.OpenRegularIn(p.root, p.theirs)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := platform.ReadSome(f, int64(len(p.word)))
	return string(data), err
}

// clear removes both files, if they are what this probe asked for, and tells whether the container's stays.
// It comes after the end of ctx, too; a disk that does not answer is not waited for: who waits goes on
// alone, and ends when it answers.
func (p *probe) clear(ctx context.Context) (stays bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	stays, _ = platform.Answer(ctx, func() (bool, error) { return p.remove(), nil })
	return stays
}

func (p *probe) remove() (stays bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cleared = true
	if p.root == nil {
		return false
	}
	defer p.root.Close()
	if p.file != nil {
		_ = platform.Remove(p.root, p.mine, p.file)
		p.file.Close()
	}
	info, err := p.root.Lstat(p.theirs)
	if err != nil || !info.Mode().IsRegular() { // a link or a pipe is nothing that was asked for
		return false
	}
	return p.root.Remove(p.theirs) != nil
}

// CheckFolder says why a folder of this computer cannot be used; why is the error that working with it gave.
func CheckFolder(folder string, why error) error {
	switch {
	case errors.Is(why, os.ErrNotExist):
		return &model.Problem{
			Kind: model.ProblemNotFound, Cause: why,
			What: model.Say("notebook.the-folder-does-not-exist", model.Args{"Folder": model.Name(folder)}),
			Why:  model.Say("common.it-may-have-been-moved"),
			Fix:  model.Say("notebook.choose-another-folder-or-make"),
		}
	case errors.Is(why, os.ErrPermission):
		return &model.Problem{
			Kind: model.ProblemPermission, Cause: why,
			What: model.Say("notebook.you-may-not-write-into", model.Args{"Folder": model.Name(folder)}),
			Why:  model.Say("notebook.the-folder-belongs-to-somebody"),
			Fix:  model.Say("notebook.choose-a-folder-that-belongs-to-you"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemPermission, Cause: why,
		What: model.Say("notebook.the-folder-cannot-be-used", model.Args{"Folder": model.Name(folder)}),
		Why:  platform.Reason(why),
		Fix:  model.Say("common.choose-another-folder"),
	}
}
