#ifndef SANDBOXER_REQUESTS_H
#define SANDBOXER_REQUESTS_H

/* Takes over a connection from the host. Its first frame is the request. */
void serve_host(int fd);

#endif
