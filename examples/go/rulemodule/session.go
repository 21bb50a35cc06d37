package rulemodule

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/tetratelabs/wazero/api"
)

// abiMajor is the version of the interface that this host knows.
const abiMajor = 1

// Session is an open session. The error of a call that the module refused is an
// [*Error], and the session is as it was before. What else can happen is a trap,
// after which a session is of no more use.
type Session struct {
	instance api.Module
	// While nothing is open it is 0, that of the errors of rule_open.
	handle int32
}

func (s *Session) open(ctx context.Context, config []byte) error {
	version, err := s.call(ctx, "rule_abi_version")
	if err != nil {
		return err
	}
	if major := uint32(version) >> 16; major != abiMajor {
		return fmt.Errorf("the module's interface is version %d, not %d", major, abiMajor)
	}
	return s.withBytes(ctx, config, func(pointer, length uint64) error {
		handle, err := s.number(ctx, "rule_open", pointer, length)
		if err == nil {
			s.handle = handle
		}
		return err
	})
}

// Input begins an input, such as {"name":"a.xml","format":"xml"}.
func (s *Session) Input(ctx context.Context, settings []byte) error {
	_, err := s.give(ctx, "rule_input", settings)
	return err
}

// Push gives bytes of the input, cut anywhere, and returns how many alerts wait.
func (s *Session) Push(ctx context.Context, data []byte) (int, error) {
	return s.give(ctx, "rule_push", data)
}

// Advance tells the time, in milliseconds since 1970, and returns how many alerts
// wait.
func (s *Session) Advance(ctx context.Context, nowMs int64) (int, error) {
	count, err := s.number(ctx, "rule_advance", s.ofHandle(), api.EncodeI64(nowMs))
	return int(count), err
}

// Finish is the end of all input and of time; it returns how many alerts wait.
func (s *Session) Finish(ctx context.Context) (int, error) {
	count, err := s.number(ctx, "rule_finish", s.ofHandle())
	return int(count), err
}

// Alerts takes alerts that wait, as lines of JSON. There may be more than are given
// at once: none wait any more when nothing is given.
func (s *Session) Alerts(ctx context.Context) ([]byte, error) {
	return s.take(ctx, "rule_alerts", s.ofHandle())
}

// Counters gives what was read, matched and left out, as JSON.
func (s *Session) Counters(ctx context.Context) ([]byte, error) {
	return s.take(ctx, "rule_counters", s.ofHandle())
}

// Describe gives the rules, limits and memory, as JSON.
func (s *Session) Describe(ctx context.Context) ([]byte, error) {
	return s.take(ctx, "rule_describe", s.ofHandle())
}

// Explain gives which part of each search holds for a record, as JSON.
func (s *Session) Explain(ctx context.Context, record []byte) (explained []byte, err error) {
	err = s.withBytes(ctx, record, func(pointer, length uint64) (err error) {
		explained, err = s.take(ctx, "rule_explain", s.ofHandle(), pointer, length)
		return err
	})
	return explained, err
}

// Snapshot gives the whole state, to be kept.
func (s *Session) Snapshot(ctx context.Context) ([]byte, error) {
	return s.take(ctx, "rule_snapshot", s.ofHandle())
}

// Restore goes on from a state that was kept, of the same rules and settings.
func (s *Session) Restore(ctx context.Context, snapshot []byte) error {
	_, err := s.give(ctx, "rule_restore", snapshot)
	return err
}

// Merge joins the state of a session that read another part of the same events, and
// returns how many alerts wait.
func (s *Session) Merge(ctx context.Context, snapshot []byte) (int, error) {
	return s.give(ctx, "rule_merge", snapshot)
}

// Close gives back the instance and all that it held.
func (s *Session) Close(ctx context.Context) error {
	return s.instance.Close(ctx)
}

func (s *Session) ofHandle() uint64 {
	return api.EncodeI32(s.handle)
}

// call calls an export; what it gives, if anything, is one number.
func (s *Session) call(ctx context.Context, export string, arguments ...uint64) (uint64, error) {
	function := s.instance.ExportedFunction(export)
	if function == nil {
		return 0, fmt.Errorf("the module exports no %s", export)
	}
	results, err := function.Call(ctx, arguments...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", export, err)
	}
	if len(results) == 0 {
		return 0, nil
	}
	return results[0], nil
}

// number calls an export that gives a number: below 0 it is an error.
func (s *Session) number(ctx context.Context, export string, arguments ...uint64) (int32, error) {
	result, err := s.call(ctx, export, arguments...)
	if err != nil {
		return 0, err
	}
	number := api.DecodeI32(result)
	if number < 0 {
		return 0, s.lastError(ctx)
	}
	return number, nil
}

// give calls an export with the handle and bytes.
func (s *Session) give(ctx context.Context, export string, data []byte) (count int, err error) {
	err = s.withBytes(ctx, data, func(pointer, length uint64) error {
		number, err := s.number(ctx, export, s.ofHandle(), pointer, length)
		count = int(number)
		return err
	})
	return count, err
}

// take calls an export, and copies the bytes that it gives: 0 is an error.
func (s *Session) take(ctx context.Context, export string, arguments ...uint64) ([]byte, error) {
	packed, err := s.call(ctx, export, arguments...)
	if err != nil {
		return nil, err
	}
	if packed == 0 {
		return nil, s.lastError(ctx)
	}
	return s.copy(packed)
}

func (s *Session) lastError(ctx context.Context) error {
	packed, err := s.call(ctx, "rule_last_error", s.ofHandle())
	if err != nil {
		return err
	}
	text, err := s.copy(packed)
	if err != nil {
		return err
	}
	return errorOf(text)
}

// withBytes runs call while a copy of data is in the module's memory.
func (s *Session) withBytes(
	ctx context.Context, data []byte, call func(pointer, length uint64) error,
) error {
	if len(data) == 0 {
		return call(0, 0)
	}
	if len(data) > math.MaxUint32 {
		return noRoom(len(data))
	}
	pointer, err := s.call(ctx, "malloc", uint64(len(data)))
	if err != nil {
		return err
	}
	if pointer == 0 {
		return noRoom(len(data))
	}
	if !s.instance.Memory().Write(uint32(pointer), data) {
		return fmt.Errorf("malloc gave %d, outside the memory", pointer)
	}
	if err := call(pointer, uint64(len(data))); err != nil {
		// After a trap this fails too, and the trap is what there is to say.
		_, _ = s.call(ctx, "free", pointer)
		return err
	}
	_, err = s.call(ctx, "free", pointer)
	return err
}

// copy copies what a result points to: the module's next call may overwrite it.
func (s *Session) copy(packed uint64) ([]byte, error) {
	pointer, length := uint32(packed>>32), uint32(packed)
	view, ok := s.instance.Memory().Read(pointer, length)
	if !ok {
		return nil, fmt.Errorf("a result at %d, outside the memory", pointer)
	}
	return slices.Clone(view), nil
}
