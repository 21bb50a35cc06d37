// Command play answers what tests/src/host/child.rs asks, over the host of
// examples/go: play RULE.wasm
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"

	"example.com/rule/rulemodule"
)

func main() {
	if err := play(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func play(ctx context.Context) error {
	wasm, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	module, err := rulemodule.Compile(ctx, wasm, rulemodule.MemoryLimit)
	if err != nil {
		return err
	}
	defer module.Close(ctx)
	requests := bufio.NewReader(os.Stdin)
	var session *rulemodule.Session
	for {
		line, err := requests.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		var verb string
		var length int
		if _, err := fmt.Sscan(line, &verb, &length); err != nil {
			return err
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(requests, data); err != nil {
			return err
		}
		var given []byte
		if verb == "open" {
			if session != nil {
				if err := session.Close(ctx); err != nil {
					return err
				}
			}
			session, err = module.Open(ctx, data)
		} else {
			given, err = answer(ctx, session, verb, data)
		}
		kind := "ok"
		var refused *rulemodule.Error
		if errors.As(err, &refused) {
			kind, given = "refused", refused.JSON
		} else if err != nil {
			return err
		}
		head := fmt.Sprintf("%s %d\n", kind, len(given))
		if _, err := os.Stdout.Write(append([]byte(head), given...)); err != nil {
			return err
		}
	}
}

func answer(
	ctx context.Context, session *rulemodule.Session, verb string, data []byte,
) ([]byte, error) {
	number := func(count int, err error) ([]byte, error) {
		return strconv.AppendInt(nil, int64(count), 10), err
	}
	switch verb {
	case "input":
		return nil, session.Input(ctx, data)
	case "push":
		return number(session.Push(ctx, data))
	case "advance":
		now, err := strconv.ParseInt(string(data), 10, 64)
		if err != nil {
			return nil, err
		}
		return number(session.Advance(ctx, now))
	case "finish":
		return number(session.Finish(ctx))
	case "alerts":
		return session.Alerts(ctx)
	case "counters":
		return session.Counters(ctx)
	case "describe":
		return session.Describe(ctx)
	case "explain":
		return session.Explain(ctx, data)
	case "snapshot":
		return session.Snapshot(ctx)
	case "restore":
		return nil, session.Restore(ctx, data)
	case "merge":
		return number(session.Merge(ctx, data))
	default:
		return nil, fmt.Errorf("there is no %s", verb)
	}
}
