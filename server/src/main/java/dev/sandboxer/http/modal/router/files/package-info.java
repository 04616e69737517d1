/** Modal's file tool: a program that clients expect in each sandbox, and whose work this server does. */
@NullMarked
package dev.sandboxer.http.modal.router.files;

import org.jspecify.annotations.NullMarked;
