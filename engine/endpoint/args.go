package endpoint

// Args is the docker command with what it must be told to reach this endpoint, as arguments for a program that no shell
// reads: see [Endpoint.CLI].
func (e Endpoint) Args() []string {
	switch {
	case e.Current || e.Host == "":
		return []string{"docker"}
	case e.context != "" && e.Remote() && !e.IsSSH():
		return []string{"docker", "--context", e.context}
	}
	return []string{"docker", "--host", e.Host}
}
