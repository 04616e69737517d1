/** Apps and environments of Modal's API, by which clients group their sandboxes, and the form of all names. */
@NullMarked
package dev.sandboxer.http.modal.app;

import org.jspecify.annotations.NullMarked;
