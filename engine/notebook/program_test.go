package notebook

import (
	"strings"
	"testing"

	"slipway/engine/model"
)

// TestRoles tells servers of Jupyter from what only has its name.
func TestRoles(t *testing.T) {
	for command, want := range map[string]role{
		"jupyter lab --ip=0.0.0.0":                                   roleServer,
		"jupyter --debug notebook":                                   roleServer,
		"/opt/conda/bin/jupyter-lab --allow-root":                    roleServer,
		"tini -g -- start.sh start-notebook.py":                      roleServer,
		"tini -g -- start-notebook.sh --NotebookApp.token=x":         roleServer,
		"/usr/bin/python3.11 -m jupyterlab":                          roleServer,
		"python -u -m jupyter notebook":                              roleServer,
		"python /usr/local/bin/start-notebook.py":                    roleServer,
		"conda run -n base --no-capture-output jupyter lab":          roleServer,
		"sh|-c|jupyter lab --ip=0.0.0.0":                             roleServer,
		"bash|-lc|source activate x && cd /work && exec jupyter lab": roleServer,
		"bash|-c|if true; then JUPYTER_X=1 jupyter notebook; fi":     roleServer,
		"su|-|ada|-c|jupyter lab":                                    roleServer,
		"sudo -u ada env X=1 jupyter server":                         roleServer,
		"jupyterhub -f /c.py":                                        roleOther,
		"jupyter nbconvert --execute a.ipynb":                        roleOther,
		"jupyter kernelgateway":                                      roleOther,
		"jupyter-nbconvert x":                                        roleOther,
		"jupyter --version":                                          roleOther,
		"jupyter console":                                            roleOther,
		"tini -g -- start.sh ipython":                                roleOther,
		"jupyterhub-singleuser":                                      roleHubbed,
		"tini -g -- start-singleuser.py":                             roleHubbed,
		"jupyter labhub":                                             roleHubbed,
		"sh|-c|echo see jupyter lab; sleep 1d":                       roleUnknown,
		"sh|-c|echo 'jupyter lab'":                                   roleUnknown,
		"sleep 1d":                                                   roleUnknown,
		"/entry.sh jupyter lab":                                      roleUnknown,
		"python app.py":                                              roleUnknown,
		"python -m http.server":                                      roleUnknown,
		"cat jupyter":                                                roleUnknown,
		"sh|-c|((":                                                   roleUnknown,
		"":                                                           roleUnknown,
		strings.Repeat("env ", 5000) + "sleep":                       roleUnknown,
	} {
		argv := strings.Split(command, "|")
		if len(argv) == 1 {
			argv = strings.Fields(command)
		}
		if got := roleOf(model.Container{Argv: argv}); got != want {
			t.Errorf("%s: %v, not %v", command, got, want)
		}
	}
	hubbed := model.Container{Argv: []string{"jupyter", "lab"}, Env: []string{"JUPYTERHUB_API_TOKEN=s"}}
	if got := roleOf(hubbed); got != roleHubbed {
		t.Errorf("with a hub's token: %v", got)
	}
}
