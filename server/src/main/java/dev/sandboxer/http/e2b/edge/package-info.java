/**
 * What every request meets first: which sandbox and port it is for, whether its sender may, how it reaches a sandbox or is
 * handed on to one, and how failures are answered in E2B's form. Knows neither the control plane's routes nor the daemon's
 * services.
 */
@NullMarked
package dev.sandboxer.http.e2b.edge;

import org.jspecify.annotations.NullMarked;
