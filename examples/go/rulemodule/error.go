package rulemodule

import (
	"encoding/json"
	"fmt"
)

// Error says why the module refused a call.
type Error struct {
	// Code tells which error it is, such as unknown_key.
	Code string `json:"code"`
	// Message says what is wrong, where, and what to do.
	Message string `json:"message"`
	// JSON is all that rule_last_error gave, which may say more.
	JSON []byte `json:"-"`
}

func (e *Error) Error() string {
	return e.Code + ": " + e.Message
}

func errorOf(text []byte) error {
	refused := &Error{JSON: text}
	if err := json.Unmarshal(text, refused); err != nil {
		return fmt.Errorf("rule_last_error: %w", err)
	}
	return refused
}

// noRoom says that there was no room in the module for bytes of the host's.
func noRoom(length int) error {
	refused := &Error{
		Code:    "out_of_memory",
		Message: fmt.Sprintf("the module has no memory for %d bytes", length),
	}
	text, err := json.Marshal(refused)
	if err != nil {
		return err
	}
	refused.JSON = text
	return refused
}
