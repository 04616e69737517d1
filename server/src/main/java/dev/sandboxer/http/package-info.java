/** The HTTP server: connections, requests and their answers, routes, the access log. Knows none of the protocols it serves. */
@NullMarked
package dev.sandboxer.http;

import org.jspecify.annotations.NullMarked;
