/* Runs every case of the table in cases.h and says what differs from the simulator.
 *
 * Each sample runs twice in a row, over memory that is filled with another pattern each time. The first run goes layer by
 * layer: around each, the whole arena and a margin before and after it is compared, so that a layer that writes anywhere but
 * into its outputs and its scratch is found; under AddressSanitizer everything but its inputs, outputs and scratch is closed
 * to it meanwhile. The second run is one call. */
#include "proof.h"

#include <string.h>

#include "board.h"
#include "protocol.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define CLOSE(place, bytes) __asan_poison_memory_region(place, bytes)
#define OPEN(place, bytes) __asan_unpoison_memory_region(place, bytes)
#else
#define CLOSE(place, bytes) ((void)(place), (void)(bytes))
#define OPEN(place, bytes) ((void)(place), (void)(bytes))
#endif

#define MARGIN 64U

static uint8_t pool[PROOF_LARGEST_ARENA + 2U * MARGIN] __attribute__((aligned(16)));
static uint8_t shadow[sizeof pool];

static void text(const char *s) {
  while (*s != '\0') {
    board_put((uint8_t)*s++);
  }
}

static void number(uint32_t value) {
  char digits[11];
  int count = 0;
  do {
    digits[count++] = (char)('0' + (char)(value % 10U));
    value /= 10U;
  } while (value != 0U);
  while (count > 0) {
    board_put((uint8_t)digits[--count]);
  }
}

static void load(const proof_case_t *c, const uint8_t *data, uint8_t pattern) {
  memset(pool, pattern, c->arena + 2U * MARGIN);
  for (uint32_t i = 0; i < c->input_count; ++i) {
    memcpy(pool + MARGIN + c->inputs[i].offset, data, c->inputs[i].bytes);
    data += c->inputs[i].bytes;
  }
}

static uint32_t differing(const proof_case_t *c, const uint8_t *expected) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->output_count; ++i) {
    for (uint32_t k = 0; k < c->outputs[i].bytes; ++k) {
      count += pool[MARGIN + c->outputs[i].offset + k] != *expected++ ? 1U : 0U;
    }
  }
  return count;
}

static uint32_t unequal(const uint8_t *a, const uint8_t *b, uint32_t bytes) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < bytes; ++i) {
    count += a[i] != b[i] ? 1U : 0U;
  }
  return count;
}

/* One layer; the number of bytes it changed that are not its own. */
static uint32_t watched(const proof_case_t *c, int32_t index) {
  const proof_layer_t *layer = &c->layers[index];
  uint8_t *arena = pool + MARGIN;
  memcpy(shadow, pool, c->arena + 2U * MARGIN);
  CLOSE(pool, sizeof pool);
  for (uint32_t i = 0; i < layer->reads + layer->writes; ++i) {
    OPEN(arena + layer->regions[i].offset, layer->regions[i].bytes);
  }
  c->layer(arena, index);
  OPEN(pool, sizeof pool);
  for (uint32_t i = layer->reads; i < layer->reads + layer->writes; ++i) {
    memcpy(shadow + MARGIN + layer->regions[i].offset, arena + layer->regions[i].offset, layer->regions[i].bytes);
  }
  return unequal(pool, shadow, c->arena + 2U * MARGIN);
}

static void run(const proof_case_t *c) {
  uint32_t wrong = 0, outside = 0;
  for (uint32_t sample = 0; sample < c->samples; ++sample) {
    const uint8_t *data = c->data + sample * c->input_bytes;
    const uint8_t *expected = c->expected + sample * c->output_bytes;
    load(c, data, 0xA5U);
    for (int32_t i = 0; i < c->layer_count; ++i) {
      outside += watched(c, i);
    }
    wrong += differing(c, expected);
    load(c, data, 0x5AU);
    c->invoke(pool + MARGIN);
    wrong += differing(c, expected);
    for (uint32_t i = 0; i < MARGIN; ++i) {
      outside += (pool[i] != 0x5AU ? 1U : 0U) + (pool[MARGIN + c->arena + i] != 0x5AU ? 1U : 0U);
    }
  }
  text(c->name), text(" "), number(wrong), text(" "), number(outside), text("\n");
}

void ek_protocol_start(void) {
  for (uint32_t i = 0; i < proof_case_count; ++i) {
    run(&proof_cases[i]);
  }
  text("done "), number(proof_case_count), text("\n");
}

void ek_protocol_poll(void) { (void)board_get(); }
