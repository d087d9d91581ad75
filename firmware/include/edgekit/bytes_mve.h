/* Bytes filled and copied on Helium, 16 at a time; the last vector is predicated. */
#ifndef EDGEKIT_BYTES_MVE_H
#define EDGEKIT_BYTES_MVE_H

#include <stdint.h>

static inline void ek_fill_mve(void *to, int32_t value, int32_t count) {
  __asm volatile(
      "vdup.8 q0, %1\n"
      "wlstp.8 lr, %2, 2f\n"
      "1: vstrb.8 q0, [%0], #16\n letp lr, 1b\n"
      "2:\n" : "+r"(to) : "r"(value), "r"(count) : "lr", "q0", "memory");
}

static inline void ek_copy_mve(void *to, const void *from, int32_t count) {
  __asm volatile(
      "wlstp.8 lr, %2, 2f\n"
      "1: vldrb.8 q0, [%1], #16\n vstrb.8 q0, [%0], #16\n letp lr, 1b\n"
      "2:\n" : "+r"(to), "+r"(from) : "r"(count) : "lr", "q0", "memory");
}

#endif
