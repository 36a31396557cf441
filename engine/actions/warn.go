package actions

import (
	"fmt"

	"slipway/engine/endpoint"
	"slipway/engine/session"
)

// warnAt looks for what docker would warn of, when an engine was found or none was.
func (a *base) warnAt(st session.State) {
	if st.Phase == session.Connected || st.Phase == session.None {
		a.warn()
	}
}

// warn tells what is wrong in Docker's configuration and stops nothing, unless it is told already.
func (a *base) warn() {
	a.warnings.mu.Lock()
	defer a.warnings.mu.Unlock()
	now := map[string]bool{}
	for _, p := range endpoint.Warnings() {
		key := fmt.Sprint(p.Kind, p.What, p.Why, p.Fix, p.Command, p.Raw()) // with the paths and names in them
		now[key] = true
		if !a.warnings.told[key] {
			a.asker.Tell(p)
		}
	}
	a.warnings.told = now
}
