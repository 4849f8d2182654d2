/* The paper's cell (paper 000, sections II and IV-A) as a plain C program would have it: one cell, fixed splits, FIFO queues, random
 * waypoint, draws included. What `npm run bench submetaverse` holds the simulator's speed against; the means that it prints show that it
 * simulates the same thing. cc -O3 -march=native cell.c -lm; ./a.out EPISODES RHO_C RHO_P */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UES = 10, SENSORS = 15, DEVICES = UES + SENSORS, STEPS = 100, SLOTS = 128, WAITING = DEVICES * SLOTS };
static const double SIDE = 200, EPSILON = 1e-9;

typedef struct {
  int created, device, sensor;
  double mbit, units;
} Job;
typedef struct {
  Job *jobs;
  int head, tail, size;
} Queue;

static uint64_t state[2] = {1, 2};
static double uniform(void) { /* xoroshiro128+ */
  uint64_t a = state[0], b = state[1], sum = a + b;
  b ^= a;
  state[0] = (a << 24 | a >> 40) ^ b ^ (b << 16);
  state[1] = b << 37 | b >> 27;
  return (double)(sum >> 11) * 0x1p-53;
}

typedef struct {
  int count;
  double share[256];
} Table;
static Table table(double mean) {
  Table made = {0};
  double p = exp(-mean), sum = p;
  for (int k = 0; k < 256 && sum < 1 - 1e-12; k++) {
    made.share[made.count++] = sum;
    p *= mean / (k + 1);
    sum += p;
  }
  return made;
}
static int poisson(const Table *t) { /* by bisection; a drawn 0 counts as 1 */
  double u = uniform();
  int low = 0, high = t->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (t->share[middle] < u) low = middle + 1;
    else high = middle;
  }
  return low ? low : 1;
}

int main(int argc, char **argv) {
  int episodes = argc > 1 ? atoi(argv[1]) : 1000;
  double rhoC = argc > 2 ? atof(argv[2]) : 0.3, rhoP = argc > 3 ? atof(argv[3]) : 0.3;
  Table ueSize = table(50), ueLoad = table(5), sensorSize = table(70), sensorLoad = table(7);
  double x[DEVICES], y[DEVICES], goalX[UES], goalY[UES], efficiency[DEVICES];
  static Job slots[DEVICES][SLOTS], requestSlots[WAITING], updateSlots[WAITING];
  Queue send[DEVICES], requests = {requestSlots, 0, 0, WAITING}, updates = {updateSlots, 0, 0, WAITING};
  int newest[SENSORS];
  double f = log10(3500), h = log10(40), slope = 44.9 - 6.55 * h;
  double intercept = 69.55 + 26.16 * f - 13.82 * h - (0.8 + (1.1 * f - 0.7) * 1.5 - 1.56 * f) - 3 * slope;
  double aosi = 0, aori = 0, served = 0;
  clock_t start = clock();
  for (int episode = 0; episode < episodes; episode++) {
    long created = 0, completed = 0, aosiSum = 0, aoriSum = 0;
    for (int d = 0; d < DEVICES; d++) {
      x[d] = SIDE * uniform(), y[d] = SIDE * uniform();
      send[d] = (Queue){slots[d], 0, 0, SLOTS};
      if (d < UES) goalX[d] = SIDE * uniform(), goalY[d] = SIDE * uniform();
    }
    for (int s = 0; s < SENSORS; s++) newest[s] = -1;
    requests.head = requests.tail = updates.head = updates.tail = 0;
    for (int step = 0; step < STEPS; step++) {
      for (int d = 0; d < (step ? UES : DEVICES); d++) {
        double metres = fmax(1e-3, hypot(x[d] - SIDE / 2, y[d] - SIDE / 2));
        double snr = pow(10, (40 - intercept - slope * log10(metres)) / 10) / 1e-9;
        efficiency[d] = log2(1 + snr);
      }
      for (int d = 0; d < DEVICES; d++) {
        if (d < UES && uniform() >= 0.7) continue;
        Job *job = &send[d].jobs[send[d].tail++ % SLOTS];
        *job = (Job){step, d, d - UES, 0, 0};
        job->mbit = poisson(d < UES ? &ueSize : &sensorSize);
        job->units = poisson(d < UES ? &ueLoad : &sensorLoad);
        if (d >= UES) continue;
        created++;
        double nearest = INFINITY;
        for (int s = 0; s < SENSORS; s++) {
          double dx = x[UES + s] - x[d], dy = y[UES + s] - y[d], square = dx * dx + dy * dy;
          if (square < nearest) nearest = square, job->sensor = s;
        }
      }
      for (int d = 0; d < DEVICES; d++) {
        Queue *queue = &send[d], *to = d < UES ? &requests : &updates;
        double left = efficiency[d] * (d < UES ? 100 * rhoC / UES : (100 - 100 * rhoC) / SENSORS);
        while (queue->head < queue->tail && left > EPSILON) {
          Job *job = &queue->jobs[queue->head % SLOTS];
          double part = fmin(left, job->mbit);
          job->mbit -= part, left -= part;
          if (job->mbit > EPSILON) break;
          to->jobs[to->tail++] = *job;
          queue->head++;
        }
      }
      double left = 100 * rhoP;
      while (requests.head < requests.tail && left > EPSILON) {
        Job *job = &requests.jobs[requests.head];
        if (newest[job->sensor] < 0) break;
        double part = fmin(left, job->units);
        job->units -= part, left -= part;
        if (job->units > EPSILON) break;
        completed++, requests.head++;
        aoriSum += step - job->created;
        aosiSum += labs(job->created - newest[job->sensor]);
      }
      left = 100 - 100 * rhoP;
      while (updates.head < updates.tail && left > EPSILON) {
        Job *job = &updates.jobs[updates.head];
        double part = fmin(left, job->units);
        job->units -= part, left -= part;
        if (job->units > EPSILON) break;
        if (job->created > newest[job->sensor]) newest[job->sensor] = job->created;
        updates.head++;
      }
      for (int d = 0; d < UES; d++) {
        double dx = goalX[d] - x[d], dy = goalY[d] - y[d], distance = hypot(dx, dy);
        if (distance <= 1.5) {
          x[d] = goalX[d], y[d] = goalY[d];
          goalX[d] = SIDE * uniform(), goalY[d] = SIDE * uniform();
        } else x[d] += 1.5 * dx / distance, y[d] += 1.5 * dy / distance;
      }
    }
    aosi += (double)aosiSum / completed, aori += (double)aoriSum / completed;
    served += (double)completed / created;
  }
  double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"stepsPerSecond\":%.0f,\"aosi\":%.4f,\"aori\":%.4f,\"served\":%.5f}\n", episodes * STEPS / seconds,
         aosi / episodes, aori / episodes, served / episodes);
  return 0;
}
