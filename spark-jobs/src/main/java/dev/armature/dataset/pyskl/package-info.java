/** Pickled annotations in the form of pyskl and mmaction2. */
package dev.armature.dataset.pyskl;
