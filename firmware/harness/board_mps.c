/* Arm MPS2/MPS3 boards as QEMU emulates them: CMSDK UART, a timer that counts emulated time.
 *
 * The board is given by -D: BOARD_UART (base of UART0), BOARD_TIMER (base), BOARD_TIMER_SSE (1: the 64-bit SSE counter of
 * mps3, 0: the CMSDK down counter), BOARD_HZ. QEMU with -icount advances time by a fixed amount per instruction, so the
 * timer counts instructions exactly. */
#include "board.h"

#include "protocol.h"
#include "startup.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define UART_DATA REGISTER(BOARD_UART + 0x00)
#define UART_STATE REGISTER(BOARD_UART + 0x04)
#define UART_CONTROL REGISTER(BOARD_UART + 0x08)
#define UART_DIVIDER REGISTER(BOARD_UART + 0x10)

void board_init(void) {
  UART_DIVIDER = 16;
  UART_CONTROL = 3; /* transmit and receive */
  (void)UART_DATA;  /* QEMU: after a reset with a byte in the receiver nothing arrives until this is read */
#if BOARD_TIMER_SSE
  REGISTER(0x58100000) = 1; /* counter control: enable */
#else
  REGISTER(BOARD_TIMER + 0x8) = 0xFFFFFFFFU; /* reload */
  REGISTER(BOARD_TIMER + 0x4) = 0xFFFFFFFFU; /* value */
  REGISTER(BOARD_TIMER + 0x0) = 1;           /* enable */
#endif
}

void board_put(uint8_t byte) {
  while ((UART_STATE & 1U) != 0U) {
  }
  UART_DATA = byte;
}

int board_get(void) { return (UART_STATE & 2U) != 0U ? (int)(UART_DATA & 0xFFU) : -1; }

uint64_t board_ticks(void) {
#if BOARD_TIMER_SSE
  uint32_t high, low;
  do {
    high = REGISTER(BOARD_TIMER + 0x4);
    low = REGISTER(BOARD_TIMER + 0x0);
  } while (high != REGISTER(BOARD_TIMER + 0x4));
  return ((uint64_t)high << 32) | low;
#else
  static uint32_t last = 0xFFFFFFFFU;
  static uint64_t total;
  const uint32_t now = REGISTER(BOARD_TIMER + 0x4);
  total += last - now; /* a down counter; wraps are seen because the harness asks often enough */
  last = now;
  return total;
#endif
}

uint32_t board_ticks_hz(void) { return BOARD_HZ; }

const char *board_ticks_unit(void) { return "instructions"; }

int main(void) {
  board_init();
  ek_protocol_start();
  for (;;) {
    ek_protocol_poll();
  }
}
