/** The HTTP server: connections, requests and their answers, routes, the access log. It knows no protocol above HTTP. */
@NullMarked
package dev.sandboxer.http;

import org.jspecify.annotations.NullMarked;
