/* A board inside the test's own process: bytes go in and come out through two calls, and time is made up. */
#include "board.h"
#include "model.h"
#include "protocol.h"

static const uint8_t *in;
static uint32_t in_left, out_length, asked;
static uint8_t *out;
static uint32_t out_limit;
static uint64_t now;

void board_init(void) {}

void board_put(uint8_t byte) {
  if (out_length < out_limit) {
    out[out_length++] = byte;
  }
}

int board_get(void) {
  asked = 0; /* a command begins after its last byte: what earlier ones asked must not count */
  if (in_left == 0U) {
    return -1;
  }
  --in_left;
  return *in++;
}

/* The n-th question of one `time` command costs n * n ticks: every layer has a time of its own that a test can predict. */
uint64_t board_ticks(void) {
  asked = asked % (3U * (MODEL_LAYERS + 1U)) + 1U;
  now += (uint64_t)asked * asked;
  return now;
}

uint32_t board_ticks_hz(void) { return 1000000U; }
const char *board_ticks_unit(void) { return "ticks"; }
uint32_t board_stack_used(void) { return 0; }

static void turn(uint8_t *answer, uint32_t limit) {
  out = answer;
  out_limit = limit;
  out_length = 0;
}

uint32_t memory_start(uint8_t *answer, uint32_t limit) {
  turn(answer, limit);
  ek_protocol_start();
  return out_length;
}

/* Gives the board `count` bytes; what it answers, at most `limit` bytes. */
uint32_t memory_feed(const uint8_t *data, uint32_t count, uint8_t *answer, uint32_t limit) {
  turn(answer, limit);
  in = data;
  in_left = count;
  ek_protocol_poll();
  return out_length;
}
