/** Loaded before a part of the storm, so that its process can be told from its supervisor when it is killed. */
console.log(`pid ${process.pid}`);
