package endpoint

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"

	"slipway/engine/model"
	"slipway/engine/platform"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/credentials"
)

// mostConfig is how much of config.json is read, in bytes.
const mostConfig = 64 << 20

// ConfigPath is the path of Docker's config.json.
func ConfigPath() string { return filepath.Join(ConfigDir(), config.ConfigFileName) }

// Config reads Docker's config.json as docker does, which warns of a broken file and goes on with what can
// be used of it. The configuration is never nil. The problem says what is wrong with the file, and is nil
// where docker would say nothing.
func Config() (*configfile.ConfigFile, *model.Problem) {
	path := ConfigPath()
	cfg := configfile.New(path)
	data, err := platform.ReadRegular(path, mostConfig)
	var p *model.Problem
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		p = unreadable(path, err)
	default:
		if err := cfg.LoadFromReader(bytes.NewReader(data)); err != nil {
			p = damaged(path, data, cfg, err)
		}
	}
	if !cfg.ContainsAuth() {
		cfg.CredentialsStore = credentials.DetectDefaultStore(cfg.CredentialsStore)
	}
	return cfg, p
}
