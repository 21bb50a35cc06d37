// Package rulemodule runs the detection module under wazero.
//
// A [Module] is the module, compiled once. Each [Session] is an instance of it with
// one open session: they share nothing, so each may have a goroutine of its own.
//
//	module, err := rulemodule.Compile(ctx, wasm, rulemodule.MemoryLimit)
//	session, err := module.Open(ctx, nil)
//	waiting, err := session.Push(ctx, events)
//	lines, err := session.Alerts(ctx)
//
// ABI.md says what each call means, and the form of all JSON.
package rulemodule

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
)

// MemoryLimit is the memory, in bytes, that the default limits need. What
// [Session.Describe] gives says under memory.needed what other limits take.
const MemoryLimit = 64 << 20

const pageSize = 64 << 10

// Module is the module, compiled.
type Module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// Compile compiles the module in wasm. Each of its instances may have memoryLimit
// bytes of memory.
func Compile(ctx context.Context, wasm []byte, memoryLimit uint32) (*Module, error) {
	config := wazero.NewRuntimeConfig().
		WithMemoryLimitPages(memoryLimit / pageSize).
		// Reserved at once: else each growth copies the memory.
		WithMemoryCapacityFromMax(true)
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	compiled, err := runtime.CompileModule(ctx, wasm)
	if err != nil {
		runtime.Close(ctx)
		return nil, fmt.Errorf("compile the module: %w", err)
	}
	return &Module{runtime, compiled}, nil
}

// Close gives back the module and all its sessions.
func (m *Module) Close(ctx context.Context) error {
	return m.runtime.Close(ctx)
}

// Open opens a session with a configuration in JSON; an empty one runs the
// detections that the module carries. Where the module refuses the configuration,
// the error is an [*Error].
func (m *Module) Open(ctx context.Context, config []byte) (*Session, error) {
	// Without a name, there can be any number of instances.
	instance, err := m.runtime.InstantiateModule(
		ctx, m.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("instantiate the module: %w", err)
	}
	session := &Session{instance: instance}
	if err := session.open(ctx, config); err != nil {
		instance.Close(ctx)
		return nil, err
	}
	return session, nil
}
