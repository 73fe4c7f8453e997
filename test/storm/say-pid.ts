/** Loaded before a part of the storm, so that whoever kills it knows it from the holder of its leash. */
console.log(`pid ${process.pid}`);
