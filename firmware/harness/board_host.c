/* The host as a board: bytes on standard input and output, time from the monotonic clock. */
#define _POSIX_C_SOURCE 200809L

#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "protocol.h"

static int ended;

void board_init(void) {}

void board_put(uint8_t byte) {
  if (putchar((int)byte) == EOF) {
    exit(1);
  }
  if (byte == (uint8_t)'\n') {
    fflush(stdout);
  }
}

/* Blocks: the host process has nothing else to do. */
int board_get(void) {
  const int c = getchar();
  ended = c == EOF;
  return ended ? -1 : c;
}

uint64_t board_ticks(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

uint32_t board_ticks_hz(void) { return 1000000000U; }

const char *board_ticks_unit(void) { return "ns"; }

uint32_t board_stack_used(void) { return 0; }

#ifndef PIO_UNIT_TESTING
int main(void) {
  board_init();
  ek_protocol_start();
  while (!ended) {
    ek_protocol_poll();
  }
  return 0;
}
#endif
