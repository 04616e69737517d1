#ifndef SANDBOXER_DESCRIPTORS_H
#define SANDBOXER_DESCRIPTORS_H

void close_all_but(int a, int b); /* and 0, 1, 2; -1: none */

#endif
