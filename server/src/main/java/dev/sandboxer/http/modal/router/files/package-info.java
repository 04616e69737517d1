/** Modal's file tool: a program that clients expect in each sandbox. This server does its work instead. */
@NullMarked
package dev.sandboxer.http.modal.router.files;

import org.jspecify.annotations.NullMarked;
