/* EK_INLINE: a function in a header; in CUDA C++ one for the GPU too. */
#ifndef EDGEKIT_INLINE_H
#define EDGEKIT_INLINE_H

#if defined(__CUDACC__)
#define EK_INLINE static inline __host__ __device__
#else
#define EK_INLINE static inline
#endif

#endif
