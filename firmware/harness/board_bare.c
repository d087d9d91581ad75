/* A core without a serial port: what links here against a board's memory map, so that sizes are real before the board's own
 * framework brings its drivers. Nothing arrives, what is sent goes nowhere. */
#include "board.h"

#include "protocol.h"
#include "startup.h"

static volatile uint8_t sink;

void board_init(void) {}

void board_put(uint8_t byte) { sink = byte; }

int board_get(void) { return -1; }

uint64_t board_ticks(void) { return 0; }

uint32_t board_ticks_hz(void) { return 1; }

const char *board_ticks_unit(void) { return "none"; }

int main(void) {
  board_init();
  ek_protocol_start();
  for (;;) {
    ek_protocol_poll();
  }
}
