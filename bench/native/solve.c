/* The algorithm of assembly/ in C: reads graphs, solves them in rotation for so many ms, prints ns a run (p10, median, p90). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { uint32_t n, e; uint32_t *from, *to; double *w; } Graph;
static uint32_t *off, *tgt, *deg, *in, *lev, *queue, *ord, *start;
static double *bottom;
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e9 + t.tv_nsec; }

static uint32_t sweep(uint32_t n, uint32_t tail, uint32_t *depth, int masked, uint32_t cap) {
  uint32_t head = 0, level = 0, turn = 0;
  if (masked) for (int i = 0; i < 64; i++) deg[cap + i] = 0x40000000;
  for (; head < tail; level++) {
    start[level] = head;
    for (uint32_t end = tail; head < end; head++) {
      uint32_t u = queue[head], k = off[u];
      int32_t left = (int32_t)(off[u + 1] - k);
      lev[u] = level;
      if (masked) {
        do {
          for (int i = 0; i < 4; i++) {
            uint32_t t = i < left ? tgt[k + i] : cap + turn + i;
            uint32_t d = --deg[t];
            queue[tail] = t;
            tail += d >> 31;
          }
          turn = (turn + 4) & 63; k += 4; left -= 4;
        } while (left > 0);
      } else for (uint32_t last = off[u + 1]; k < last; k++) {
        uint32_t t = tgt[k], d = --deg[t];
        queue[tail] = t;
        tail += d >> 31;
      }
    }
  }
  *depth = level;
  return tail;
}

static double solve(const Graph *g, uint32_t cap) {
  uint32_t n = g->n, e = g->e, bad = 0, grouped = 1;
  for (uint32_t i = 0; i < n; i++) bad |= !(g->w[i] >= 0 && g->w[i] < 1e308);
  for (uint32_t i = 0; i < e; i++) bad |= g->from[i] >= n || g->to[i] >= n;
  for (uint32_t i = 0; grouped && i + 1 < e; i++) grouped = g->from[i] <= g->from[i + 1];
  if (bad) return -1;
  memset(off, 0, (n + 1) * 4); memset(in, 0, n * 4); memset(deg, 0, n * 4);
  uint32_t i = 0;
  for (; i + 2 <= e; i += 2) { off[g->from[i]]++; in[g->to[i]]++; off[g->from[i + 1]]++; deg[g->to[i + 1]]++; }
  if (i < e) { off[g->from[i]]++; in[g->to[i]]++; }
  uint32_t sum = 0, before = 0, changes = 0, tail = 0, depth;
  for (uint32_t u = 0; u <= n; u++) { uint32_t d = off[u], s = sum; sum += d; off[u] = grouped ? s : sum; changes += d != before; before = d; }
  if (grouped) memcpy(tgt, g->to, e * 4);
  else for (uint32_t k = e; k > 0; k--) tgt[--off[g->from[k - 1]]] = g->to[k - 1];
  for (uint32_t u = 0; u < n; u++) { uint32_t d = in[u] + deg[u] - 1; deg[u] = d; queue[tail] = u; tail += d >> 31; }
  int vary = n > 24 && changes > n >> 3;
  if (sweep(n, tail, &depth, vary && e < n * 8, cap) < n) return -2;
  uint32_t roots = depth > 1 ? start[1] : n;
  for (uint32_t u = 0; u < n; u++) ord[start[lev[u]]++] = u;
  for (uint32_t k = n; k > 0; k--) {
    uint32_t u = ord[k - 1], a = off[u];
    int32_t left = (int32_t)(off[u + 1] - a);
    double best = 0;
    if (vary) {
      do {
        double b[4];
        for (int j = 0; j < 4; j++) b[j] = bottom[j < left ? tgt[a + j] : cap];
        double x = b[0] < b[1] ? b[1] : b[0], y = b[2] < b[3] ? b[3] : b[2];
        x = x < y ? y : x;
        best = best < x ? x : best;
        a += 4; left -= 4;
      } while (left > 0);
    } else for (; left > 0; a++, left--) best = best < bottom[tgt[a]] ? bottom[tgt[a]] : best;
    bottom[u] = best + g->w[u];
  }
  uint32_t node = n, length = 0;
  for (uint32_t k = 0; k < roots; k++) if (node == n || bottom[ord[k]] > bottom[node]) node = ord[k];
  double makespan = n ? bottom[node] : 0;
  while (node < n) {
    queue[length++] = node;
    uint32_t next = n; double best = -1;
    for (uint32_t k = off[node]; k < off[node + 1]; k++) {
      double b = bottom[tgt[k]];
      if (b > best || (b == best && tgt[k] < next)) { next = tgt[k]; best = b; }
    }
    node = next;
  }
  return makespan + length * 1e-9;
}

static int byValue(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return (x > y) - (x < y); }

int main(int argc, char **argv) {
  FILE *f = fopen(argv[1], "rb");
  uint32_t count, n = 0, e = 0;
  if (argc < 3 || !f || fread(&count, 4, 1, f) != 1) return 1;
  Graph *g = malloc(count * sizeof *g);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t head[2];
    if (fread(head, 4, 2, f) != 2) return 1;
    g[i] = (Graph){ head[0], head[1], malloc(head[1] * 4 + 4), malloc(head[1] * 4 + 4), malloc(head[0] * 8 + 8) };
    if (fread(g[i].from, 4, g[i].e, f) != g[i].e || fread(g[i].to, 4, g[i].e, f) != g[i].e || fread(g[i].w, 8, g[i].n, f) != g[i].n) return 1;
    if (g[i].n > n) n = g[i].n;
    if (g[i].e > e) e = g[i].e;
  }
  uint32_t p = n + 80;
  off = malloc(p * 4); tgt = malloc((e + 16) * 4); deg = malloc(p * 4); in = malloc(p * 4); lev = malloc(p * 4);
  queue = malloc(p * 4); ord = malloc(p * 4); start = malloc(p * 4); bottom = calloc(p, 8);
  double sink = 0, budget = atof(argv[2]) * 1e6, begin = now();
  uint32_t batch = 1, run = 0;
  for (uint32_t warm = 0; now() - begin < budget / 4 || warm < 2; warm++) sink += solve(&g[run++ % count], n);
  double one = (now() - begin) / run;
  if (one < 1e6) batch = (uint32_t)(1e6 / one) + 1;
  static double samples[4096];
  int taken = 0;
  for (begin = now(); taken < 4096 && (now() - begin < budget || taken < 5); taken++) {
    double t = now();
    for (uint32_t i = 0; i < batch; i++) sink += solve(&g[run++ % count], n);
    samples[taken] = (now() - t) / batch;
  }
  qsort(samples, taken, sizeof(double), byValue);
  printf("%f %f %f %d %f\n", samples[taken / 10], samples[taken / 2], samples[taken * 9 / 10], taken, sink);
  return 0;
}
