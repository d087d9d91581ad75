/* Two command sets over one serial line, each command ended by '%'.
 *
 * MLPerf Tiny's (mlperf.h); and our own, which begin with "ek " and carry a CRC both ways, so that a damaged line is always
 * noticed:
 *
 *   request   ek <number> <words>*<crc32 of number and words, 8 hex digits>%
 *   answer    ek-<the request's number> <words>*<crc32>\r\n
 *
 * Long work (invoke, crc, time) is announced by the answer "begun". Every ek command may be repeated without harm: a host
 * that gets no good answer to its number just asks again. Computed answers name the model and the CRC of the input they
 * belong to, and reads name the run, so a board that was reset or exchanged in between is noticed. No ek verb that takes a
 * number is one of MLPerf Tiny's, so that the tail of a damaged ek line cannot start a million inferences. */
#include "protocol.h"

#include <string.h>

#include "board.h"
#include "inference.h"
#include "layers.h"
#include "mlperf.h"
#include "words.h"

#define LINE_BYTES 600
#define CHUNK_BYTES 256

static char line[LINE_BYTES + 1];
static uint32_t line_length, line_overflow;

static void ek_info(void) {
  text("info hash=" MODEL_HASH " version=" MODEL_EDGEKIT_VERSION);
  number(" layers=", MODEL_LAYERS);
  number(" input=", sizeof input);
  number(" output=", MODEL_OUTPUT_BYTES);
  number(" arena=", MODEL_ARENA_BYTES);
  number(" hz=", board_ticks_hz());
  text(" unit="), text(board_ticks_unit());
  number(" stack=", board_stack_used());
}

/* The second answer to a request that takes long begins here; the first says that the request has arrived. */
static void begun(const char *request) {
  text("begun");
  answer_end();
  answer_begin();
  text(request), put(' ');
}

/* What a result belongs to: the model, by the first 8 digits of its hash, and the CRC of the input. */
static void identity(void) {
  static const char hash[] = MODEL_HASH;
  put(' ');
  for (int i = 0; i < 8 && hash[i] != '\0'; ++i) {
    put(hash[i]);
  }
  put(' '), hex(crc32_of(input, sizeof input), 8);
}

/* One inference from a fresh input, the host's number for it, and the CRC of every output. */
static void ek_invoke(uint32_t a) {
  load();
  model_invoke(&arena);
  run = a;
  text("invoke"), identity(), number(" ", run);
  for (int i = 0; i < MODEL_OUTPUTS; ++i) {
    put(' '), hex(crc32_of(arena.bytes + ek_outputs[i].offset, ek_outputs[i].bytes), 8);
  }
}

/* One inference layer by layer: the CRC of the input and of every layer's outputs, one after the other. */
static void ek_crc(void) {
  load();
  run = 0;
  text("crc"), identity();
  for (int32_t i = 0; i < MODEL_LAYERS; ++i) {
    model_layer(&arena, i);
    uint32_t sum = 0xFFFFFFFFU;
    for (uint32_t k = 0; k < ek_layers[i].count; ++k) {
      const ek_region_t *region = &ek_regions[ek_layers[i].first + k];
      sum = crc32_more(sum, arena.bytes + region->offset, region->bytes);
    }
    put(' '), hex(~sum, 8);
  }
}

/* Ticks between two moments less the cost of asking; a clock that is coarser than that gives 0. */
static uint64_t elapsed(uint64_t empty, uint64_t start, uint64_t stop) {
  const uint64_t cost = start - empty;
  const uint64_t whole = stop - start;
  return whole > cost ? whole - cost : 0U;
}

/* Ticks of a whole inference, then of every layer. Runs before them fill caches and let the line fall silent. */
static void ek_time(uint32_t warmup) {
  run = 0;
  for (uint32_t i = 0; i < warmup; ++i) {
    load();
    model_invoke(&arena);
  }
  load();
  uint64_t empty = board_ticks();
  uint64_t start = board_ticks();
  model_invoke(&arena);
  uint64_t stop = board_ticks();
  text("time"), identity(), number(" ", elapsed(empty, start, stop));
  load();
  for (int32_t i = 0; i < MODEL_LAYERS; ++i) {
    empty = board_ticks();
    start = board_ticks();
    model_layer(&arena, i);
    stop = board_ticks();
    number(" ", elapsed(empty, start, stop));
  }
}

/* `count` bytes of the arena at `offset`, which must lie in it, after inference `run`. */
static void ek_read(uint32_t offset, uint32_t count) {
  number("read ", run), number(" ", offset), put(' ');
  for (uint32_t i = 0; i < count; ++i) {
    hex(arena.bytes[offset + i], 2);
  }
}

static void ek_command(char *rest) {
  char *request = word(&rest);
  char *verb = word(&rest);
  char *first_word = word(&rest);
  char *second = word(&rest);
  uint32_t a = 0, b = 0;
  const int has_a = to_number(first_word, &a) == 0;
  const int has_b = to_number(second, &b) == 0;
  answer_begin();
  text(request == (char *)0 ? "?" : request), put(' ');
  if (verb != (char *)0 && strcmp(verb, "info") == 0) {
    ek_info();
  } else if (verb != (char *)0 && strcmp(verb, "load") == 0 && has_a && second != (char *)0 && a < sizeof input &&
             to_bytes(second, input + a, (uint32_t)sizeof input - a) >= 0) {
    number("load ", a);
  } else if (verb != (char *)0 && strcmp(verb, "invoke") == 0 && has_a) {
    begun(request);
    ek_invoke(a);
  } else if (verb != (char *)0 && strcmp(verb, "read") == 0 && has_a && has_b && b <= CHUNK_BYTES &&
             a <= sizeof arena.bytes && b <= sizeof arena.bytes - a) {
    ek_read(a, b);
  } else if (verb != (char *)0 && strcmp(verb, "crc") == 0) {
    begun(request);
    ek_crc();
  } else if (verb != (char *)0 && strcmp(verb, "time") == 0) {
    begun(request);
    ek_time(has_a ? a : 1U);
  } else {
    text("error unknown command or argument");
  }
  answer_end();
}

/* Checks the CRC that ends an ek line and cuts it off; 0 when it is right. */
static int checked(char *words) {
  char *star = strrchr(words, '*');
  uint8_t sent[4];
  if (star == (char *)0 || strlen(star) != 9U || to_bytes(star + 1, sent, 4U) != 4) {
    return -1;
  }
  *star = '\0';
  const uint32_t sum = crc32_of((const uint8_t *)words, (uint32_t)strlen(words));
  const uint32_t want = ((uint32_t)sent[0] << 24) | ((uint32_t)sent[1] << 16) | ((uint32_t)sent[2] << 8) | sent[3];
  return sum == want ? 0 : -1;
}

static void finish(void) {
  line[line_length] = '\0';
  const int too_long = line_overflow != 0U;
  const uint32_t line_length_was = line_length;
  line_length = line_overflow = 0;
  if (strncmp(line, "ek ", 3) == 0) {
    if (too_long || checked(line + 3) != 0) {
      answer_begin();
      text("? damaged");
      answer_end();
    } else {
      ek_command(line + 3);
    }
  } else if (too_long) {
    text("e-[Command too long]\r\nm-ready\r\n");
  } else if (line_length_was != 0U) { /* a lone '%' only ends what was left of a damaged line */
    mlperf_command(line);
  }
}

void ek_protocol_start(void) {
  text("m-timestamp-mode-performance\r\nm-init-done\r\nm-ready\r\n");
}

void ek_protocol_poll(void) {
  for (int c = board_get(); c >= 0; c = board_get()) {
    if (c == '%') {
      finish();
    } else if (c == '\r' || c == '\n') {
      continue;
    } else if (line_length < LINE_BYTES) {
      line[line_length++] = (char)c;
    } else {
      line_overflow = 1;
    }
  }
}
