/* MLPerf Tiny's commands: name, timestamp, profile, help, db load N, db HEX, infer N [W], results, so that its public runner can
 * drive the board. Part of protocol.c. */
#ifndef EDGEKIT_MLPERF_H
#define EDGEKIT_MLPERF_H

#include "inference.h"
#include "words.h"

static uint32_t db_size, db_position;

/* Real values with three decimals, as the MLPerf Tiny runner expects. */
static void real(float value) {
  if (value < 0.0f) {
    put('-');
    value = -value;
  }
  const uint64_t thousandths = (uint64_t)((double)value * 1000.0 + 0.5);
  decimal(thousandths / 1000U);
  put('.');
  put((char)('0' + (char)(thousandths / 100U % 10U)));
  put((char)('0' + (char)(thousandths / 10U % 10U)));
  put((char)('0' + (char)(thousandths % 10U)));
}

static void results(void) {
  text("m-results-[");
  for (int i = 0; i < MODEL_OUTPUTS; ++i) {
    const ek_io_t *io = &ek_outputs[i];
    for (uint32_t at = 0; at < io->bytes; at += io->width) {
      float value;
      if (io->is_float) {
        memcpy(&value, arena.bytes + io->offset + at, sizeof value);
      } else {
        value = (float)((int32_t)(int8_t)arena.bytes[io->offset + at] - io->zero_point) * io->scale;
      }
      if (i + (int)at > 0) {
        put(',');
      }
      real(value);
    }
  }
  text("]\r\n");
}

static void timestamp(void) {
  const uint64_t ticks = board_ticks();
  const uint32_t hz = board_ticks_hz();
  number("m-lap-us-", ticks / hz * 1000000U + ticks % hz * 1000000U / hz), text("\r\n");
}

static void infer(uint32_t count, uint32_t warmup) {
  run = 0;
  number("m-warmup-start-", warmup), text("\r\n");
  for (uint32_t i = 0; i < warmup; ++i) {
    load();
    model_invoke(&arena);
  }
  text("m-warmup-done\r\n");
  number("m-infer-start-", count), text("\r\n");
  timestamp();
  for (uint32_t i = 0; i < count; ++i) {
    load();
    model_invoke(&arena);
  }
  timestamp();
  text("m-infer-done\r\n");
  results();
}

static void command_db(char *rest) {
  char *sub = word(&rest);
  uint32_t size = 0;
  if (sub == (char *)0) {
    text("e-[Command 'db' requires a subcommand]\r\n");
  } else if (strcmp(sub, "load") == 0) {
    if (to_number(word(&rest), &size) != 0 || size == 0U || size > sizeof input) {
      number("e-[db load needs 1 to ", sizeof input), text(" bytes]\r\n");
      return;
    }
    db_size = size;
    db_position = 0;
    number("m-[Expecting ", size), text(" bytes]\r\n");
  } else {
    const int32_t count = to_bytes(sub, input + db_position, db_size - db_position);
    if (count < 0) {
      text("e-[Invalid or too many hex digits]\r\n");
      return;
    }
    db_position += (uint32_t)count;
    if (db_position == db_size) {
      text("m-load-done\r\n");
    }
  }
}

static void mlperf_command(char *rest) {
  char *verb = word(&rest);
  uint32_t count = 1, warmup = 10;
  if (verb == (char *)0) {
    text("e-[Empty command]\r\n");
  } else if (strcmp(verb, "name") == 0) {
    text("m-name-dut-[edgekit]\r\n");
  } else if (strcmp(verb, "timestamp") == 0) {
    timestamp();
  } else if (strcmp(verb, "profile") == 0) {
    text("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[" MODEL_NAME "]\r\n");
  } else if (strcmp(verb, "help") == 0) {
    text("name, timestamp, profile, db load N, db HEX, infer N [W], results; ek commands: docs/serial.md\r\n");
  } else if (strcmp(verb, "db") == 0) {
    command_db(rest);
  } else if (strcmp(verb, "results") == 0) {
    results();
  } else if (strcmp(verb, "infer") == 0) {
    char *first = word(&rest);
    char *second = word(&rest);
    if ((first != (char *)0 && (to_number(first, &count) != 0 || count == 0U)) ||
        (second != (char *)0 && to_number(second, &warmup) != 0)) {
      text("e-[infer N [W] needs N > 0 and W >= 0]\r\n");
    } else {
      infer(count, warmup);
    }
  } else {
    text("e-[Unknown command: "), text(verb), text("]\r\n");
  }
  text("m-ready\r\n");
}

#endif
