// Package practice is a Docker engine in memory. It answers Docker's API on a unix socket, so that Slipway, and docker
// itself, work on it as on any engine. "slipway --practice" opens a window on it.
//
//	e, err := practice.Start(practice.Options{})
//	defer e.Close()
//	… e.Host() …
//
// Nothing that is done there touches this computer, but that published ports are really listened on, and that mounted
// folders are read; they are never written. Its containers have a shell (mvdan.cc/sh reads and runs the language),
// small programs like busybox's (programs.go) in a tree of files (tree.go), a process table and terminals. It answers
// 501 to builds, swarm, plugins and an attachment by a web socket.
//
// It passes the whole contract of package enginetest/contract, in seconds and without root. Still, that something works
// here proves nothing about Docker: test what an engine does on real ones, see package enginetest.
//
// A test says what goes wrong by [Engine.Fail], [Engine.Freeze] and [Engine.Die]. Package guitest opens the window on
// it, without root, a display or Docker.
package practice
