// Command detect runs the module over a file: detect RULE.wasm EVENTS [CONFIG.json].
//
// Alerts go to standard output as lines of JSON, the counters to standard error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/rule/rulemodule"
)

// piece is how many bytes are read, and given to the module, at once.
const piece = 64 << 10

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	var config []byte
	switch len(arguments) {
	case 2:
	case 3:
		text, err := os.ReadFile(arguments[2])
		if err != nil {
			return err
		}
		config = text
	default:
		return errors.New("usage: detect RULE.wasm EVENTS [CONFIG.json]")
	}
	wasm, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	module, err := rulemodule.Compile(ctx, wasm, rulemodule.MemoryLimit)
	if err != nil {
		return err
	}
	defer module.Close(ctx)
	session, err := module.Open(ctx, config)
	if err != nil {
		return err
	}
	events, err := os.Open(arguments[1])
	if err != nil {
		return err
	}
	defer events.Close()
	return detect(ctx, session, events)
}

func detect(ctx context.Context, session *rulemodule.Session, events *os.File) error {
	buffer := make([]byte, piece)
	for {
		length, err := events.Read(buffer)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		waiting, err := session.Push(ctx, buffer[:length])
		if err != nil {
			return err
		}
		if waiting > 0 {
			if err := printAlerts(ctx, session); err != nil {
				return err
			}
		}
	}
	if _, err := session.Finish(ctx); err != nil {
		return err
	}
	if err := printAlerts(ctx, session); err != nil {
		return err
	}
	counters, err := session.Counters(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s\n", counters)
	return nil
}

func printAlerts(ctx context.Context, session *rulemodule.Session) error {
	for {
		lines, err := session.Alerts(ctx)
		if err != nil || len(lines) == 0 {
			return err
		}
		if _, err := os.Stdout.Write(lines); err != nil {
			return err
		}
	}
}
