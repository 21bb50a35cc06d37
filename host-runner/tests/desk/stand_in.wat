;; A module that stands in for the detection's where many starts are needed: it is
;; compiled in no time. It keeps the ABI, and gives an alert for every 4 KiB of input
;; whose id is a checksum of all bytes up to there. A byte that a host loses, gives
;; twice or gives in another order changes every id after it.
(module
  (@custom "rule-abi" "1.0")
  (memory (export "memory") 64)
  (data (i32.const 16) "{\"code\":\"bad_snapshot\",\"message\":\"24 bytes are a snapshot\"}")
  (data (i32.const 128) "{\"records\":1}")
  ;; The state, which is also the snapshot: bytes, checksum, length of what waits.
  (data (i32.const 256) "\00\00\00\00\00\00\00\00\25\23\22\84\e4\9c\f2\cb\00\00\00\00\00\00\00\00")
  (data (i32.const 512) "{\"id\":\"0123456789abcdef\",\"part\":0,\"revision\":0}\n")
  (data (i32.const 640) "0123456789abcdef")
  ;; Alerts wait from 4096 on, each of 48 bytes; what the host asks for is behind.
  (global $free (mut i32) (i32.const 0x20000))

  (func (export "rule_abi_version") (result i32) (i32.const 65536))
  (func (export "malloc") (param $length i32) (result i32)
    (global.get $free)
    (global.set $free (i32.and
      (i32.add (i32.add (global.get $free) (local.get $length)) (i32.const 15))
      (i32.const -8))))
  (func (export "free") (param i32))
  (func (export "rule_open") (param i32 i32) (result i32) (i32.const 1))
  (func (export "rule_close") (param i32) (result i32) (i32.const 0))
  (func (export "rule_input") (param i32 i32 i32) (result i32) (i32.const 0))

  ;; An alert with the checksum up to here.
  (func $alert
    (local $at i32) (local $digit i32) (local $left i64)
    (local.set $at (i32.add (i32.const 4096) (i32.load (i32.const 272))))
    (memory.copy (local.get $at) (i32.const 512) (i32.const 48))
    (local.set $left (i64.load (i32.const 264)))
    (loop $next
      (i32.store8
        (i32.add (i32.add (local.get $at) (i32.const 7)) (local.get $digit))
        (i32.load8_u (i32.add (i32.const 640) (i32.wrap_i64 (i64.and (local.get $left) (i64.const 15))))))
      (local.set $left (i64.shr_u (local.get $left) (i64.const 4)))
      (local.set $digit (i32.add (local.get $digit) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $digit) (i32.const 16))))
    (i32.store (i32.const 272) (i32.add (i32.load (i32.const 272)) (i32.const 48))))

  (func $waiting (result i32) (i32.div_u (i32.load (i32.const 272)) (i32.const 48)))

  (func (export "rule_push") (param $handle i32) (param $at i32) (param $length i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        ;; FNV-1a
        (i64.store (i32.const 264) (i64.mul
          (i64.xor (i64.load (i32.const 264)) (i64.load8_u (local.get $at)))
          (i64.const 0x100000001b3)))
        (i64.store (i32.const 256) (i64.add (i64.load (i32.const 256)) (i64.const 1)))
        (if (i64.eqz (i64.and (i64.load (i32.const 256)) (i64.const 4095))) (then (call $alert)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (call $waiting))
  (func (export "rule_advance") (param i32 i64) (result i32) (call $waiting))
  (func (export "rule_finish") (param i32) (result i32) (call $alert) (call $waiting))
  (func (export "rule_alerts") (param i32) (result i64)
    (i64.or (i64.const 0x100000000000) (i64.load (i32.const 272)))
    (i64.store (i32.const 272) (i64.const 0)))
  (func (export "rule_describe") (param i32) (result i64) (i64.const 0))
  (func (export "rule_counters") (param i32) (result i64) (i64.const 0x800000000d))
  (func (export "rule_explain") (param i32 i32 i32) (result i64) (i64.const 0))
  (func (export "rule_snapshot") (param i32) (result i64) (i64.const 0x10000000018))
  (func (export "rule_restore") (param $handle i32) (param $at i32) (param $length i32) (result i32)
    (if (i32.ne (local.get $length) (i32.const 24)) (then (return (i32.const -50))))
    (memory.copy (i32.const 256) (local.get $at) (i32.const 24))
    (i32.const 0))
  (func (export "rule_merge") (param i32 i32 i32) (result i32) (i32.const -52))
  (func (export "rule_last_error") (param i32) (result i64) (i64.const 0x100000003a))
)
