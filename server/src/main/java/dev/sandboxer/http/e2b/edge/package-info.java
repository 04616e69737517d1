/**
 * The steps that every request goes through: finding its target, authorizing it, reaching the sandbox or the server that runs it,
 * and answering failures in E2B's form. This package knows neither the routes of the control plane nor the services of the daemon.
 */
@NullMarked
package dev.sandboxer.http.e2b.edge;

import org.jspecify.annotations.NullMarked;
