/* Two command sets over one serial line, each command ended by '%'.
 *
 * MLPerf Tiny's (name, timestamp, profile, help, db load N, db HEX, infer N [W], results), so that its public runner can
 * drive the board; and our own, which begin with "ek " and carry a CRC both ways, so that a damaged line is always noticed:
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
#include "layers.h"
#include "model.h"

#define LINE_BYTES 600
#define CHUNK_BYTES 256

static model_arena_t arena;
static uint8_t input[MODEL_INPUT_BYTES]; /* kept apart from the arena: an inference overwrites its input */
static char line[LINE_BYTES + 1];
static uint32_t line_length, line_overflow, db_size, db_position;
static uint32_t run; /* which inference the arena holds: the host's number for it, 0 for none */

/* ---- output ---- */

static uint32_t crc;

static uint32_t crc32_step(uint32_t sum, uint8_t byte) {
  sum ^= byte;
  for (int bit = 0; bit < 8; ++bit) {
    sum = (sum >> 1) ^ (0xEDB88320U & (0U - (sum & 1U)));
  }
  return sum;
}

static uint32_t crc32_more(uint32_t sum, const uint8_t *data, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    sum = crc32_step(sum, data[i]);
  }
  return sum;
}

static uint32_t crc32_of(const uint8_t *data, uint32_t count) { return ~crc32_more(0xFFFFFFFFU, data, count); }

static void put(char c) {
  crc = crc32_step(crc, (uint8_t)c);
  board_put((uint8_t)c);
}

static void text(const char *s) {
  while (*s != '\0') {
    put(*s++);
  }
}

static void hex(uint32_t value, int digits) {
  while (digits-- > 0) {
    put("0123456789abcdef"[(value >> (4 * digits)) & 15U]);
  }
}

static void decimal(uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + (char)(value % 10U));
    value /= 10U;
  } while (value != 0U);
  while (count > 0) {
    put(digits[--count]);
  }
}

static void number(const char *label, uint64_t value) {
  text(label);
  decimal(value);
}

static void answer_begin(void) {
  text("ek-");
  crc = 0xFFFFFFFFU;
}

static void answer_end(void) {
  const uint32_t sum = ~crc;
  put('*');
  hex(sum, 8);
  text("\r\n");
}

/* ---- parsing ---- */

static int nibble(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The next word of the line, or NULL; cuts the line as strtok does. */
static char *word(char **rest) {
  char *start = *rest;
  while (*start == ' ') {
    ++start;
  }
  char *end = start;
  while (*end != '\0' && *end != ' ') {
    ++end;
  }
  *rest = *end == '\0' ? end : end + 1;
  *end = '\0';
  return end == start ? (char *)0 : start;
}

/* A decimal number; 0 on success. */
static int to_number(const char *s, uint32_t *value) {
  uint32_t sum = 0;
  if (s == (char *)0 || *s == '\0') {
    return -1;
  }
  for (; *s != '\0'; ++s) {
    if (*s < '0' || *s > '9' || sum > 400000000U) {
      return -1;
    }
    sum = sum * 10U + (uint32_t)(*s - '0');
  }
  *value = sum;
  return 0;
}

/* Hex digits into at most `limit` bytes; the count, or -1. */
static int32_t to_bytes(const char *s, uint8_t *out, uint32_t limit) {
  uint32_t count = 0;
  for (; s[0] != '\0'; s += 2) {
    const int high = nibble(s[0]);
    const int low = high < 0 ? -1 : nibble(s[1]);
    if (low < 0 || count == limit) {
      return -1;
    }
    out[count++] = (uint8_t)(high * 16 + low);
  }
  return (int32_t)count;
}

/* ---- model ---- */

static void load(void) {
  uint32_t from = 0;
  for (int i = 0; i < MODEL_INPUTS; ++i) {
    memcpy(arena.bytes + ek_inputs[i].offset, input + from, ek_inputs[i].bytes);
    from += ek_inputs[i].bytes;
  }
}

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

/* ---- MLPerf Tiny commands ---- */

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

static void command(char *rest) {
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

/* ---- our commands ---- */

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
    command(line);
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
