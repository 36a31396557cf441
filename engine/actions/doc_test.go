// Package actions_test has what only two targets of the Makefile run in full. "make test" takes a sample.
//
// # make soak
//
// TestSoakPoints and TestSoakRandom (crash_test.go) end Slipway and the engine with SIGKILL: before and after each
// request of everything that saves, replaces or removes, and at random times. Nothing may be lost, half made or made
// twice.
//
// # make proofs
//
//   - TestRandomSpecs (package engine) makes random containers again by their lines, see package runspec.
//   - TestRandomContainers (package rescue) fills 200 random containers with files that are known to be a person's own
//     or noise. Each own one must be named and saved byte by byte, and at most 1 % of the noise may be named.
//   - TestCopiesMany copies 100,000 files beside "docker cp".
//   - The tests called Race, here and in packages rescue and notebook, are about the folder's check, uploads and saves.
//     3,000 times each, another program exchanges files for links and pipes as quickly as it can, and no try may
//     succeed; "make test" tries a hundred times.
//   - FuzzTerminal (below gui/kit) prints anything at all in terminals that change their size, for ten minutes, or with
//     FUZZ=1m for one.
//
// It prints the figures and the seed. SLIPWAY_SEED repeats a run, and PROOFS=20 makes it shorter.
package actions_test
